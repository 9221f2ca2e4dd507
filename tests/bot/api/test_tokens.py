from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.api.tokens import Rates, load_tokens, new_token, recognised
from ingest.errors import ConfigError

LONG = "x" * 20


def test_a_new_token_is_recognised_by_its_line_in_the_file(tmp_path: Path) -> None:
    token, line = new_token("newsroom")
    path = tmp_path / "tokens"
    path.write_text(f"# who may ask\n\n{line}\n{new_token('other')[1]} 5  # little\n", "utf-8")
    tokens = load_tokens(path, None, 60)
    assert [(one.name, one.per_minute) for one in tokens] == [("newsroom", 60), ("other", 5)]
    assert token not in line
    found = recognised(tokens, token)
    assert found is not None
    assert found.name == "newsroom"
    assert recognised(tokens, token[:-1]) is None
    assert recognised(tokens, line.split()[1]) is None


def test_tokens_of_the_environment_may_have_names() -> None:
    tokens = load_tokens(None, f"one:{LONG}1 {LONG}2", 60)
    assert [one.name for one in tokens] == ["one", "token 2"]
    assert recognised(tokens, f"{LONG}2") == tokens[1]


@pytest.mark.parametrize("line", ["secret-words", "name 12ab", f"name {'0' * 64} often"])
def test_a_line_that_is_no_token_is_named_and_not_shown(tmp_path: Path, line: str) -> None:
    path = tmp_path / "tokens"
    path.write_text(f"\n{line}\n", "utf-8")
    with pytest.raises(ConfigError, match="line 2") as raised:
        load_tokens(path, None, 60)
    assert line not in str(raised.value)


def test_a_token_that_could_be_guessed_is_refused_and_not_shown() -> None:
    with pytest.raises(ConfigError, match="python -m bot token") as raised:
        load_tokens(None, "name:hunter2", 60)
    assert "hunter2" not in str(raised.value)


def test_a_missing_file_of_tokens_is_wrong_config(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_tokens(tmp_path / "none", None, 60)


def test_a_rate_lets_as_many_through_at_once_and_then_so_many_a_minute() -> None:
    now = 100.0
    rates = Rates(lambda: now)
    assert [rates.take("a", 3) for _ in range(4)] == [0, 0, 0, pytest.approx(20)]
    assert rates.take("b", 3) == 0
    assert [rates.take("c", 0) for _ in range(100)] == [0] * 100
    now += 20
    assert rates.take("a", 3) == 0
    assert rates.take("a", 3) > 0
    now += 600
    assert [rates.take("a", 3) for _ in range(4)] == [0, 0, 0, pytest.approx(20)]


def test_the_command_line_makes_a_token(newsroom: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["token", "program", "--config", str(newsroom)]) == 0
    token, line = re.findall(r"^  (.+)$", capsys.readouterr().out, re.MULTILINE)
    assert line == f"program {line.split()[1]}"
    assert len(token) >= 40
    assert main(["token", "two words", "--config", str(newsroom)]) == 2
