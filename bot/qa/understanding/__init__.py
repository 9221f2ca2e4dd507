"""What a typed message asks: the words around a question taken off, questions about the articles' metadata read.

Pure but for the word lists; nothing here searches.
"""
