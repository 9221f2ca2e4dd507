"""Which passages a question is answered from: query, search, ranking, near-duplicates, answerability.

Nothing here chooses sentences.
"""
