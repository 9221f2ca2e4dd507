"""One ingest, from reading to publishing, and what it reuses of the last one.

Orchestration only: each step it takes lives in a room below.
"""
