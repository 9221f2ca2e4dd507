"""One file a command: what it takes, who may use it, what it shows.

How messages look is next door, in `messages`.
"""
