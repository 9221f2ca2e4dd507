"""What keeps a bot running: the open index, records, ingest as a child process, repair, metrics.

Knows neither questions' meaning nor Discord.
"""
