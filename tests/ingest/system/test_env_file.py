from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.errors import ConfigError
from ingest.system.env_file import load_env_file, load_env_files, parse_env


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("TOKEN=abc.def-ghi", "abc.def-ghi"),
        ("export TOKEN = abc", "abc"),
        ('TOKEN="a b # c"', "a b # c"),
        ("TOKEN='a\"b'", 'a"b'),
        ("TOKEN=abc  # the bot's", "abc"),
        ("TOKEN=", ""),
        ("TOKEN=a=b", "a=b"),
        ("TOKEN=$HOME", "$HOME"),
        ("TOKEN=${HOME}", "${HOME}"),
        ("TOKEN=a b", "a b"),
    ],
)
def test_a_line_sets_a_name(line: str, value: str) -> None:
    assert parse_env(f"# secrets\n\n{line}\n") == {"TOKEN": value}


@pytest.mark.parametrize(
    "line", ["hunter2secret", "TO KEN=hunter2secret", 'TOKEN="hunter2secret', "TOKEN='a' hunter2secret"]
)
def test_a_line_that_cannot_be_read_is_named_and_never_shown(line: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_env(f"OTHER=1\n{line}\n")
    assert "line 2" in str(raised.value)
    assert "hunter2secret" not in str(raised.value)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("\ufeffONE=file\r\nTWO=file\r\n", encoding="utf-8")
    environment = {"ONE": "environment"}
    load_env_file(path, environment)
    assert environment == {"ONE": "environment", "TWO": "file"}


def test_the_file_beside_the_config_wins_over_the_one_beside_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BYLINE_TEST_ONE", raising=False)
    monkeypatch.delenv("BYLINE_TEST_TWO", raising=False)
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / ".env").write_text("BYLINE_TEST_ONE=there\n")
    (tmp_path / ".env").write_text("BYLINE_TEST_ONE=here\nBYLINE_TEST_TWO=here\n")
    load_env_files(tmp_path / "there" / "config.toml", tmp_path / ".env")
    assert (os.environ.pop("BYLINE_TEST_ONE"), os.environ.pop("BYLINE_TEST_TWO")) == ("there", "here")


def test_no_file_is_no_error(tmp_path: Path) -> None:
    environment: dict[str, str] = {}
    load_env_file(tmp_path / ".env", environment)
    assert environment == {}


def test_a_file_that_is_no_text_is_said_to_be_so(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"TOKEN=\xff\xfe\x00")
    with pytest.raises(ConfigError, match="plain text"):
        load_env_file(path, {})
