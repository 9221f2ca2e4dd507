"""One file a format, from bytes to a document; what can hang or swell is read in a sandbox.

A reader reports what it found and judges nothing: cleaning is next door.
"""
