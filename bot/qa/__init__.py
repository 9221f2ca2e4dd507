"""From a question to a checked answer. Knows no Discord, no terminal and no web page."""
