"""Secrets kept in `.env`, the git-ignored file beside config.toml: one NAME=value a line."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream

from ingest.errors import ConfigError

ENV_FILE = Path(__file__).resolve().parents[2] / ".env"


def load_env_file(path: Path = ENV_FILE, environment: MutableMapping[str, str] = os.environ) -> None:
    """Add what the file sets and the environment does not. No file is no error.

    Raises ConfigError for a line that cannot be read; it names the line and never shows it, as it may be a secret.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read ({type(error).__name__}); save it as plain text.") from None
    for name, value in parse_env(text, path).items():
        environment.setdefault(name, value)


def load_env_files(config: Path, program: Path = ENV_FILE) -> None:
    """The file beside the config, which comes first, and the one beside the program."""
    for path in dict.fromkeys((config.resolve().with_name(".env"), program)):
        load_env_file(path)


def parse_env(text: str, path: Path = ENV_FILE) -> dict[str, str]:
    """Names and values as python-dotenv reads them, in the order of the lines; nothing is expanded."""
    values = {}
    for binding in parse_stream(StringIO(text)):
        if binding.error or (binding.key and binding.value is None):
            raise ConfigError(
                f"{path}, line {binding.original.line}: write NAME=value, with quotes round a value with blanks."
            )
        if binding.key:
            values[binding.key] = binding.value or ""
    return values
