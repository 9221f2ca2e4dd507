"""`python -m ingest` as the bot and people call it: its shapes and exit codes, with the local model."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from loopback_site import Site
from small_corpus import rows, write_article, write_rows

from ingest import commands as actions
from ingest.__main__ import main
from ingest.command_line import parse
from ingest.commands import Request
from ingest.edits.run_lock import exclusive
from ingest.embedding.factory import LocalEmbedder
from ingest.index.catalogue import Catalogue
from ingest.index.generations import Generations
from ingest.sources.ssrf_guard import Guard

ROOT = Path(__file__).parents[2]


class Shell:
    """Runs commands in this process, with one model for all."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.config = folder / "config.toml"
        self._capsys = capsys

    def __call__(self, *arguments: str, code: int = 0, **options: Any) -> dict[str, Any]:
        assert main([*arguments, "--json", "--config", str(self.config)], **options) == code
        out, _ = self._capsys.readouterr()
        assert len(out.splitlines()) == 1
        shape = json.loads(out)
        assert isinstance(shape, dict)
        return shape

    def said(self, *arguments: str, code: int = 0) -> str:
        assert main([*arguments, "--config", str(self.config)]) == code
        out, err = self._capsys.readouterr()
        return out + err


@pytest.fixture
def shell(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    local_embedder: LocalEmbedder,
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    monkeypatch.setattr(actions, "make_embedder", lambda *_: local_embedder)
    for name in "abc":
        write_article(tmp_path / "articles", name, count=4)
    (tmp_path / "config.toml").write_text("[corpus]\nseconds_between_requests = 0\n")
    return Shell(tmp_path, capsys)


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_what_is_written_is_for_its_owner_alone(shell: Shell, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        shell()
    finally:
        os.umask(before)
    written = [path for path in tmp_path.rglob("*") if (tmp_path / "articles") not in (path, *path.parents)]
    assert len(written) > 9
    assert [path for path in written if path != shell.config and path.stat().st_mode & 0o077] == []


OUTCOME = {"added", "changed", "removed", "unchanged", "rejected", "passages", "generation", "seconds"}


def test_a_plain_run_prints_the_shape_that_was_promised(shell: Shell) -> None:
    first = shell()
    assert set(first) == OUTCOME
    assert first["added"] == 3
    assert shell("--refresh")["unchanged"] == 3


def test_a_first_run_that_finds_nothing_fails_and_says_where_it_looked(shell: Shell, tmp_path: Path) -> None:
    for path in (tmp_path / "articles").iterdir():
        path.write_text("")
    error = shell(code=1)["error"]
    assert error.startswith("No articles were found in articles.")
    assert "a.md: " in error


def test_a_file_is_added_removed_and_brought_back_by_flags(shell: Shell, tmp_path: Path) -> None:
    shell()
    note = tmp_path / "0123.tmp"
    note.write_text("# Note\n\nThe harbour of Genoa was closed for two days because of a storm.\n")
    added = shell("--add", str(note), "--name", "My note.md", "--by", "ann (42)")
    assert set(added) == OUTCOME | {"action", "articles"}
    [article] = added["articles"]
    assert (added["action"], added["added"], article["title"], article["url"]) == ("add", 1, "Note", None)
    removed = shell("--remove", article["article_id"], "--by", "ben (7)")
    assert (removed["action"], removed["removed"], removed["articles"]) == ("remove", 1, [article])
    undone = shell("--rollback", "--by", "cleo (1)")
    assert set(undone) == {"action", "generation", "undone", "articles", "passages"}
    assert (undone["generation"], undone["articles"]) == (added["generation"], 4)
    log = shell("--log")["log"]
    assert [(entry["by"], entry["action"], entry["what"]) for entry in log[:3]] == [
        ("cleo (1)", "rollback", [removed["generation"]]),
        ("ben (7)", "remove", ["Note"]),
        ("ann (42)", "add", ["Note"]),
    ]
    assert set(log[0]) == {
        "at", "by", "action", "what", "outcome", "added", "changed", "removed", "generation", "note"
    }  # fmt: skip
    assert len(shell("--log", "1")["log"]) == 1


def test_the_clock_does_not_undo_a_roll_back(shell: Shell) -> None:
    shell()
    shell("--remove", "Report a")
    shell("--rollback", "--by", "cleo")
    write_article(shell.config.parent / "articles", "d")
    shell("--rebuild", "--by", "repair")
    held = shell("--scheduled", "--by", "schedule")
    assert (held["held"], held["by"]) == ("rollback", "cleo")
    assert shell("--refresh")["added"] == 1
    assert shell("--scheduled")["unchanged"] == 4


def test_a_page_is_added_by_its_address(shell: Shell, site: Site) -> None:
    site.page(
        "/story", "Bridge", "The mayor said on Monday that the bridge will be opened in May after two years."
    )
    shell()
    added = shell("--add", site.url("/story"), guard=site.guard)
    assert added["articles"][0]["url"] == site.url("/story")
    refused = shell("--add", site.url("/other"), code=1)
    assert "inside a network" in refused["error"] or "port" in refused["error"]


def test_feeds_and_sitemaps_of_the_config_are_read(shell: Shell, site: Site) -> None:
    site.page(
        "/story", "Bridge", "The mayor said on Monday that the bridge will be opened in May after two years."
    )
    site.replies["/map"] = site.replies["/story"].__class__(
        f"<urlset><url><loc>{site.url('/story')}</loc></url></urlset>".encode()
    )
    shell.config.write_text(
        "[corpus]\nseconds_between_requests = 0\n[[corpus.sources]]\n"
        f'url = "{site.url("/map")}"\nkind = "sitemap"\nsource = "The Gazette"\n'
    )
    assert shell(guard=site.guard)["added"] == 4
    assert shell(guard=site.guard)["unchanged"] == 4


def test_too_many_removals_are_told_with_what_a_confirm_button_needs(shell: Shell) -> None:
    path = shell.config.parent / "articles" / "rows.jsonl"
    write_rows(path, rows(range(20), count=3))
    shell()
    write_rows(path, rows(range(4), count=3))
    stopped = shell(code=1)
    assert set(stopped) == {"outcome", "error", "removals"}
    assert (stopped["outcome"], stopped["removals"]["removed"], stopped["removals"]["articles"]) == (
        "failed",
        16,
        23,
    )
    assert "--allow-removals" in stopped["error"]
    assert shell("--allow-removals")["removed"] == 16


def test_a_second_run_is_told_of_the_first(shell: Shell) -> None:
    shell()
    generations = Generations(shell.config.parent / "data" / "index")
    with exclusive(generations, "refresh", "ann (42)") as run:
        run.tell("embedding", 3, 9)
        for flags in (
            [],
            ["--remove", "Report a"],
            ["--rollback"],
            ["--export", str(shell.config.parent / "x.zip")],
        ):
            busy = shell(*flags, code=1)
            assert busy["running"] | {"started": ""} == {
                "by": "ann (42)", "action": "refresh", "started": "", "stage": "embedding", "done": 3, "total": 9
            }  # fmt: skip
        assert shell("--status")["running"]["by"] == "ann (42)"
    assert shell("--status")["running"] is None


def test_the_status_has_what_a_page_about_the_corpus_needs(shell: Shell) -> None:
    shell()
    assert set(shell("--status")) == {
        "generation", "previous", "articles", "passages", "oldest", "newest", "built_at", "uploads",
        "removed_by_hand", "bytes", "running", "last_run", "refresh_minutes",
    }  # fmt: skip


def test_a_corpus_moves_in_one_file(shell: Shell, tmp_path: Path) -> None:
    shell()
    file = tmp_path / "corpus.zip"
    assert shell("--export", str(file))["articles"] == 3
    assert shell("--backup", str(file))["action"] == "backup"
    assert set(shell("--import", str(file))) == OUTCOME | {"action"}
    assert shell("--rebuild")["passages"] > 0
    shell("remove", "Report a")
    assert shell("import", str(file), "--by", "ann")["added"] == 1
    assert shell("log", "1")["log"][0]["by"] == "ann"


@pytest.mark.parametrize(
    ("words", "flags"),
    [
        ([], ["--refresh"]),
        (["refresh", "a.md", "--dry-run", "--allow-removals"], ["a.md", "--allow-removals", "--dry-run"]),
        (["refresh", "--scheduled"], ["--scheduled"]),
        (["add", "a.md", "--name", "A"], ["--add", "a.md", "--name", "A"]),
        (
            ["--by", "status", "remove", "a", "b", "--dry-run"],
            ["--dry-run", "--remove", "a", "b", "--by=status"],
        ),
        (["--config", "add", "status"], ["--status", "--config=add"]),
        (["rollback", "--by=ann"], ["--by=ann", "--rollback"]),
        (["export", "x.zip"], ["--export", "x.zip"]),
        (["import", "x.zip", "--allow-removals"], ["--import=x.zip", "--allow-removals"]),
        (["--json", "--progress", "backup", "x.zip"], ["--backup", "x.zip", "--json", "--progress"]),
        (["log"], ["--log"]),
        (["log", "3"], ["--log=3"]),
        (["changes", "3"], ["--changes=3"]),
        (["rebuild"], ["--rebuild"]),
    ],
)
def test_a_command_may_be_a_word_or_a_flag(words: list[str], flags: list[str]) -> None:
    by_word, by_flag = (replace(call, request=normal(call.request)) for call in map(parse, (words, flags)))
    assert by_word == by_flag


def normal(request: Request) -> Request:
    """What does not matter for the action left out."""
    guard = Guard()
    limit = request.limit if request.action in ("log", "changes") else 0
    return replace(request, guard=guard, limit=limit, paths=tuple(request.paths), what=tuple(request.what))


@pytest.mark.parametrize(
    ("arguments", "action", "what"),
    [
        (["--add", "status"], "add", ["status"]),
        (["./status"], "refresh", []),
        (["a.md", "log"], "refresh", []),
    ],
)
def test_a_file_that_is_called_like_a_command_stays_a_file(
    arguments: list[str], action: str, what: list[str]
) -> None:
    request = parse(arguments).request
    assert (request.action, list(request.what)) == (action, what)


@pytest.mark.parametrize("words", [["rollback", "a.md"], ["add"], ["status", "--dry-run"], ["log", "0"]])
def test_a_command_takes_no_option_of_another(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(words)
    assert caught.value.code == 2
    assert "python -m ingest" in capsys.readouterr().err


def test_the_overview_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(["--help"])
    assert caught.value.code == 0
    assert {line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("    ")} == {
        *actions.COMMANDS
    }


def test_people_are_told_in_sentences(shell: Shell, tmp_path: Path) -> None:
    assert "3 added" in shell.said()
    note = tmp_path / "note.md"
    note.write_text("# Note\n\nThe harbour of Genoa was closed for two days because of a storm.\n")
    assert "Note (" in shell.said("--add", str(note))
    assert "add: +1" in shell.said("--log")
    assert "4 articles" in shell.said("--status")
    assert "4 articles" in shell.said("--export", str(tmp_path / "x.zip"))
    assert "Back to generation" in shell.said("--rollback")
    assert "No article has" in shell.said("--remove", "nothing", code=1)


@pytest.mark.parametrize(
    "flags",
    [
        ["--add", "a", "--remove", "b"],
        ["--rollback", "--export", "x"],
        ["--log", "0"],
        ["--log", "many"],
        ["--ad"],
    ],
)
def test_flags_that_contradict_each_other_are_wrong_usage(shell: Shell, flags: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*flags, "--config", str(shell.config)])
    assert caught.value.code == 2


def test_flags_that_make_no_sense_together_are_told(shell: Shell, tmp_path: Path) -> None:
    assert "PATHs go with a plain run only" in shell(str(tmp_path), "--rollback", code=2)["error"]
    assert "--name goes with one file" in shell("--add", "a.md", "b.md", "--name", "c.md", code=2)["error"]
    for flags in (
        ["--add", "a.md"],
        ["--import", "x.zip"],
        ["--rollback"],
        ["--export", "x.zip"],
        ["--rebuild"],
    ):
        assert "has no --dry-run" in shell(*flags, "--dry-run", code=2)["error"]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('sources = [{ url = "ftp://x/" }]', "only http:// and https://"),
        ("sources = [{ }]", "either a path or a url"),
        ('sources = [{ url = "https://a.org/", path = "b" }]', "either a path or a url"),
        ('sources = [{ url = "https://a.org/", knd = "feed" }]', "did you mean 'kind'"),
        ('sources = [{ path = "b", kind = "feed" }]', "kind belongs to a url"),
        ('sources = [{ url = "https://a.org/", kind = "rss" }]', "sources.0.kind"),
        ('sources = [{ url = "https://a.org/", max_age_days = 0 }]', "max_age_days"),
        ('sources = [{ url = "https://a.org/" }, { url = "https://A.org" }]', "twice"),
        ('paths = ["https://a.org/"]', "Write it into sources"),
        ("max_removed = 2", "max_removed"),
        ("refresh_minutes = -1", "refresh_minutes"),
    ],
)
def test_a_wrong_line_of_the_corpus_table_is_named(shell: Shell, lines: str, told: str) -> None:
    shell.config.write_text(f"[corpus]\n{lines}\n")
    assert told in shell(code=2)["error"]


def test_the_shipped_config_names_every_key_of_the_corpus_table_with_its_default() -> None:
    from ingest.settings import CorpusSettings, load_ingest_settings

    shipped = load_ingest_settings(ROOT / "config.toml").corpus
    default = CorpusSettings()
    assert shipped == default.model_copy(update={"uploads": ROOT / default.uploads})
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    assert all(f"\n{key} =" in text for key in CorpusSettings.model_fields)


def test_the_program_runs_as_a_module(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("")
    done = subprocess.run(
        [sys.executable, "-m", "ingest", "--log", "--json", "--config", str(tmp_path / "config.toml")],
        capture_output=True, text=True, cwd=ROOT, timeout=60, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == {"log": []}


def test_a_file_name_of_any_bytes_stops_nothing_and_takes_no_effect_in_a_terminal(
    shell: Shell, tmp_path: Path
) -> None:
    text = b"# Harbour\n\nThe harbour was closed for two days because of a storm at sea.\n"
    for name in (b"caf\xe9.md", b"a\nOK: 9 added \x1b[31m:100: .md", b"a.zip\nOK"):
        with contextlib.suppress(OSError):  # a file system may refuse such a name
            (Path(os.fsdecode(os.fsencode(tmp_path) + b"/articles/" + name))).write_bytes(text)
    said = shell.said()
    assert "\x1b" not in said
    assert not any(line.startswith("OK") for line in said.splitlines())
    assert {"caf\\xe9.md"} <= {Path(path).name for _, _, path in held(shell)}


def held(shell: Shell) -> list[tuple[str, str, str]]:
    generations = Generations(shell.config.parent / "data" / "index")
    catalogue = Catalogue(generations.path(generations.require_current()) / "catalogue.sqlite", readonly=True)
    with contextlib.closing(catalogue):
        return list(catalogue.article_hashes().values())


def test_a_refresh_by_hand_that_changed_nothing_lets_the_clock_go_on(shell: Shell, tmp_path: Path) -> None:
    shell()
    note = tmp_path / "note.md"
    note.write_text("# Note\n\nThe harbour of Genoa was closed for two days because of a storm.\n")
    shell("--add", str(note))
    shell("--rollback")
    assert shell("--scheduled")["held"] == "rollback"
    assert shell()["unchanged"] == 3
    assert shell("--scheduled")["unchanged"] == 3


def test_an_export_replaces_no_device(shell: Shell) -> None:
    shell()
    assert "name another" in shell("--export", os.devnull, code=2)["error"]
    assert not Path(os.devnull).is_file()


def test_a_terminal_without_the_letters_is_shown_question_marks(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "articles" / "Naïve “quoted” title.xyz").write_text("x")
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "ingest", "--dry-run", "--config", str(shell.config)]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert b"Na?ve ?quoted? title.xyz" in done.stdout
