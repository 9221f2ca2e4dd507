"""How answers look in Discord: pages, marks, buttons, and displays that grow while an answer is written.

Nothing here decides what is said.
"""
