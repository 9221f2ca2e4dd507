"""Answer sentence selection: which sentences of the passages answer, and what they need beside them.

No model endpoint is asked here, and nothing is searched.
"""
