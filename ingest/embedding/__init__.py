"""Texts to vectors: the protocol, the local model and its files, and endpoints; token counts too.

Nothing here knows articles or the index.
"""
