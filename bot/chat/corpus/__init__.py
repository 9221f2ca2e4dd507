"""/corpus: runs of ingest started from Discord, their progress, their buttons and texts.

The work itself is done by a child process.
"""
