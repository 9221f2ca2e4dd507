"""What is done with a corpus as a whole: its status, going back, export and import.

Uses runs; nothing else may use it but the command line.
"""
