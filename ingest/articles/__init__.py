"""What an article is, and how a document becomes one: its identity, its dates, its addresses.

Nothing here knows where documents come from or where articles go.
"""
