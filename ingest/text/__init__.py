"""What both packages know of language: sentences, words, names, quantities, and the word lists in `lexicon/`.

Pure functions over strings: no files but the lexicon, no articles, no index.
"""
