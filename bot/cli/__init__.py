"""The command line: its words, what it prints, and `doctor`.

No decisions about answers are made here.
"""
