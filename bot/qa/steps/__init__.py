"""The steps that `answering.py` puts together: one draft's way to the reader, look-ups in the ledger, the rounding off.

Nothing here opens an index or knows of a front end.
"""
