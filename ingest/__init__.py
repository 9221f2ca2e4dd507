"""The corpus: documents in, a published index out. Knows nothing of questions, of Discord or of `bot`."""
