"""Whether a message is meant for the bot, and how long a talk lasts: addressing, threads.

Pure decisions where that can be.
"""
