"""Who writes a draft: the articles' own sentences, or a chat model with its prompts, budget and reply parser.

A draft is a claim; only `verification` makes it an answer.
"""
