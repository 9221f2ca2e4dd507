"""Whether the packages of the extra `api` are there."""

from __future__ import annotations

from importlib.util import find_spec

from ingest.errors import UserFacingError

PACKAGES = ("starlette", "uvicorn", "mcp")


def require_packages() -> None:
    """Raise UserFacingError, which says what to install, where one of them is missing."""
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise UserFacingError(
            f"The API needs packages that are not installed ({', '.join(missing)}). Install them with "
            "`pip install 'byline[api]'`, or in a checkout with "
            "`.venv/bin/python -m pip install -r requirements-api.in`."
        )
