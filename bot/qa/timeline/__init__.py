"""A topic over all articles: its events in order, and the figures on which articles disagree.

Pure functions over passages that were found and read; nothing here writes a sentence of its own.
"""
