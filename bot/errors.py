"""Errors of the answering side whose text is meant for the person who asked."""

from __future__ import annotations

from ingest.errors import (
    ConfigError,
    EmbedderMismatch,
    EmbeddingUnavailable,
    IndexBroken,
    IndexMissing,
    ModelFilesMissing,
    StorageFailed,
    UserFacingError,
)

OURS_TO_MEND = (
    ConfigError, EmbedderMismatch, EmbeddingUnavailable, IndexBroken, IndexMissing, ModelFilesMissing,
    StorageFailed,
)  # fmt: skip
"""Their texts name paths and commands of the machine, which only those who run the bot can do anything with."""


class ArticleUnknown(UserFacingError):
    """No article goes by that name; the text names the nearest titles."""


class ModelUnavailable(UserFacingError):
    """The answering model cannot be used right now: unreachable, slow, refused, or misread."""


class ModelBudgetSpent(ModelUnavailable):
    """Today's token budget is used up."""
