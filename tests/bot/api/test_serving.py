"""`python -m bot serve` as a process: where it listens, when it refuses to, and how it ends."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from pathlib import Path

import httpx
import pytest

pytest.importorskip("mcp", reason="the extra `api` is not installed")

from bot.__main__ import main
from bot.api.access import is_loopback

ROOT = Path(__file__).resolve().parents[3]


def with_api(newsroom: Path, folder: Path, api: str) -> Path:
    """The newsroom's config with an [api] table, and records of its own."""
    config = folder / "config.toml"
    index = newsroom.parent / "data" / "index"
    config.write_text(
        f'[corpus]\npaths = ["{newsroom.parent / "articles"}"]\n[index]\ndirectory = "{index}"\n'
        f'[metrics]\naddress = ""\n[api]\n{api}\n',
        "utf-8",
    )
    return config


async def test_it_serves_until_it_is_told_to_stop_and_ends_cleanly(newsroom: Path, tmp_path: Path) -> None:
    config = with_api(newsroom, tmp_path, 'address = "127.0.0.1:0"')
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", "--config", str(config), cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    line = (await asyncio.wait_for(child.stdout.readline(), 60)).decode()
    address = line.split()[2]
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        reply = await client.post("/ask", json={"question": "Who opened the Linden Bridge?"})
        assert reply.json()["outcome"] == "answered"
        child.send_signal(signal.SIGTERM)
        out, err = await asyncio.wait_for(child.communicate(), 30)
    assert child.returncode == 0, err.decode()
    assert out == b""
    assert b"Traceback" not in err


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0", "example.org:80"])
def test_without_a_token_it_listens_to_this_computer_alone(
    newsroom: Path, tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.delenv("BYLINE_API_TOKENS", raising=False)
    assert main(["serve", "--config", str(with_api(newsroom, tmp_path, f'address = "{address}"'))]) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert "python -m bot token NAME" in told
    assert "127.0.0.1" in told


@pytest.mark.parametrize(
    ("api", "told"), [('address = "8080"', "write it as"), ('tokens = "none"', "cannot be read")]
)
def test_a_setting_that_cannot_be_followed_is_named(
    newsroom: Path, tmp_path: Path, api: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--config", str(with_api(newsroom, tmp_path, api))]) == 2
    assert told in " ".join(capsys.readouterr().err.split())


def test_a_port_in_use_is_named(newsroom: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert (
            main(["serve", "--config", str(with_api(newsroom, tmp_path, f'address = "127.0.0.1:{port}"'))])
            == 1
        )
    assert "Is another program using it?" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("word", ["serve", "mcp"])
def test_without_the_extra_it_says_what_to_install(
    newsroom: Path, word: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.api.installed.PACKAGES", ("starlette", "no_such_package"))
    assert main([word, "--config", str(newsroom)]) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "no_such_package" in told
    assert "byline[api]" in told


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost"])
def test_these_are_this_computer(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "0.0.0.0", "::", "localhost.evil.example", "10.0.0.1", "127.0.0.1.evil.example"]
)
def test_these_are_not(host: str) -> None:
    assert not is_loopback(host)
