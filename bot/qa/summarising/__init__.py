"""Summaries of one article and digests of many: by central sentences, or by the model and the same check.

Nothing here searches.
"""
