"""Figures of a text: numbers with their units, scores, times and dates, read and compared.

Nothing here knows what a figure is about.
"""
