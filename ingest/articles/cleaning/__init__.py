"""Boilerplate removal: from what a reader found to the body that is quoted.

Pure functions over text; no format and no site is known by name here.
"""
