"""/insights: the figures over what people asked, their chart, and the message that shows them.

Nothing here answers a question.
"""
