"""What of a draft may reach the reader: quotes word for word, figures and names proved, a second look.

Nothing here writes.
"""
