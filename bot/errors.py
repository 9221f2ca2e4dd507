"""Errors of the answering side whose text is meant for the person who asked."""

from __future__ import annotations

from ingest.errors import UserFacingError


class ModelUnavailable(UserFacingError):
    """The answering model cannot be used right now: unreachable, slow, refused, or misread."""


class ModelBudgetSpent(ModelUnavailable):
    """Today's token budget is used up."""
