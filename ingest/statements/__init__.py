"""Who said what: the attributed statements of an article, found by rules over its body.

Knows language and text only; where statements are kept, and who asks for them, is not known here.
"""
