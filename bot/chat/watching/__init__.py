"""Watches and gaps: questions that are asked again after an ingest, and whom that is told.

Everything that decides stands in bot/watching; what is kept, in bot/operations/watch_records.py.
"""
