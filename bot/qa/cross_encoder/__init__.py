"""The small cross-encoder that reads two texts together, with its weights: a set for each thing it was trained to tell.

What is done with its scores lives in `selection` and `verification`.
"""
