"""What a caller is told when something goes wrong, and by which status: the one place that says so."""

from __future__ import annotations

import logging
import secrets

from bot.errors import OURS_TO_MEND, ArticleUnknown, ModelUnavailable
from ingest.errors import NoArticles, UserFacingError

log = logging.getLogger(__name__)


class Refused(UserFacingError):
    """The request cannot be served as it is. The text says what to change."""

    def __init__(self, text: str, status: int = 422) -> None:
        super().__init__(text)
        self.status = status


class Stopping(Refused):
    """The server ends before the request is done."""

    def __init__(self) -> None:
        super().__init__("This server is being restarted. Ask again in a minute.", 503)


class Overdue(UserFacingError):
    """The work took longer than [answering] deadline_seconds allows."""


def explained(error: Exception) -> tuple[int, str]:
    """The HTTP status and the text. What is not meant for the caller is logged under the reference they see."""
    match error:
        case Refused():
            return error.status, str(error)
        case ArticleUnknown():
            return 404, str(error)
        case NoArticles() | ModelUnavailable() | Overdue():
            return 503, str(error)
        case UserFacingError() if not isinstance(error, OURS_TO_MEND):
            return 422, str(error)
        case UserFacingError():
            log.error("callers are told that something is to be mended: %s", error)
            return (
                503,
                "Something has to be mended here first; the operator's log says what. Try again later.",
            )
    reference = secrets.token_hex(3)
    log.error("reference %s: %s", reference, type(error).__name__, exc_info=error)
    return 500, f"Something went wrong inside. If it stays, tell the operator this reference: {reference}"
