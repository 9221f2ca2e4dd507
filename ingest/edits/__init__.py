"""What people change by hand: uploads, removals, the record of both, and the lock that lets one run at a time.

Nothing here reads a source or builds an index.
"""
