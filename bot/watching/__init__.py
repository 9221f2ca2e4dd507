"""What an ingest changed, which questions that touches, and which questions ask the same.

Knows no Discord, asks nothing itself and keeps nothing.
"""
