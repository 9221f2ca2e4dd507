"""One generation on disk: SQLite catalogue, Chroma vectors, building, publishing, reading, checking.

Reads no documents and decides nothing about what belongs in it.
"""
