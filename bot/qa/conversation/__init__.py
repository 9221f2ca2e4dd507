"""Follow-ups made to stand alone, by rule or by the model.

Nothing here searches for answers.
"""
