"""What the program needs of the system it runs on: files written whole, secrets from `.env`.

Knows nothing of articles, and imports no other room.
"""
