"""The page that shows an article with the quoted words marked, and the links that lead there.

Serves what the index holds and nothing else.
"""
