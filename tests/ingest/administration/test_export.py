"""A corpus in one file: what goes in comes out elsewhere, and a stranger's file can do no harm."""

from __future__ import annotations

import contextlib
import io
import json
import random
import shutil
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_corpus import WordEmbedder, contents, settings_in, write_article

from ingest.administration import importing
from ingest.administration.export import export_corpus
from ingest.administration.importing import ImportRefused, import_corpus
from ingest.administration.rollback import roll_back
from ingest.edits.audit import AuditEntry, latest, record
from ingest.edits.change_requests import Change, now
from ingest.edits.uploads import file_upload
from ingest.errors import ConfigError, IndexMissing, UserFacingError
from ingest.index.generations import Generations
from ingest.runs.pipeline import Outcome, ingest_corpus
from ingest.runs.removal_limit import TooManyRemoved
from ingest.settings import IngestSettings
from ingest.sources.progress import silent

QUESTIONS = ("river council", "frost in the valley")


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture
def settings(tmp_path: Path, embedder: WordEmbedder) -> IngestSettings:
    """A corpus of two articles, one upload and one tombstone."""
    home = tmp_path / "home"
    for name in "abc":
        write_article(home / "articles", name)
    settings = settings_in(home)
    ingest_corpus(settings, embedder)
    note = tmp_path / "note.md"
    note.write_text("# Note\n\nThe harbour of Genoa was closed for two days because of a storm.\n")
    upload = file_upload(note, "note.md", settings.corpus.uploads, "ann", now())
    ingest_corpus(settings, embedder, change=Change("add", "ann", (upload,)))
    ingest_corpus(settings, embedder, change=Change("remove", "ann", remove=("Report a",)))
    return settings


@pytest.fixture
def elsewhere(tmp_path: Path) -> IngestSettings:
    (tmp_path / "away").mkdir()
    return settings_in(tmp_path / "away")


@pytest.fixture
def file(settings: IngestSettings, tmp_path: Path) -> Path:
    path = tmp_path / "corpus.zip"
    export_corpus(settings, path, "ann", whole=False)
    return path


def take(
    settings: IngestSettings, file: Path, embedder: WordEmbedder | None = None, allow: bool = False
) -> Outcome:
    return import_corpus(settings, embedder or WordEmbedder(), file, "ben", silent, allow)


def test_a_corpus_arrives_whole_and_nothing_is_embedded_again(
    settings: IngestSettings, elsewhere: IngestSettings, file: Path, embedder: WordEmbedder
) -> None:
    fresh = WordEmbedder()
    outcome = take(elsewhere, file, fresh)
    assert (outcome.added, outcome.passages > 3) == (3, True)
    assert fresh.embedded == []
    assert contents(elsewhere, embedder, QUESTIONS) == contents(settings, embedder, QUESTIONS)


def test_uploads_and_tombstones_arrive_too(
    elsewhere: IngestSettings, file: Path, embedder: WordEmbedder
) -> None:
    take(elsewhere, file)
    for name in "ab":
        write_article(elsewhere.base / "articles", name)
    outcome = ingest_corpus(elsewhere, embedder)
    assert outcome.added == 0  # "a" was removed there
    assert outcome.rejected == ()
    assert len(list(elsewhere.corpus.uploads.iterdir())) == 1


def test_with_another_embedder_it_is_embedded_anew(elsewhere: IngestSettings, file: Path) -> None:
    other = WordEmbedder("another model")
    assert take(elsewhere, file, other).added == 3
    assert len(other.embedded) > 3


def test_an_import_takes_the_place_of_what_is_there_and_can_be_undone(
    elsewhere: IngestSettings, file: Path, embedder: WordEmbedder
) -> None:
    for name in ("b", "x", "y"):
        write_article(elsewhere.base / "articles", name)
    before = ingest_corpus(elsewhere, embedder)
    outcome = take(elsewhere, file)
    assert (outcome.added, outcome.removed) == (2, 2)
    assert roll_back(elsewhere, "ben").generation == before.generation
    assert [entry.action for entry in latest(elsewhere.index.directory)] == ["rollback", "import", "refresh"]


def test_an_import_that_would_empty_the_corpus_must_be_meant(
    elsewhere: IngestSettings, file: Path, embedder: WordEmbedder
) -> None:
    for number in range(12):
        write_article(elsewhere.base / "articles", f"n{number}")
    ingest_corpus(elsewhere, embedder)
    with pytest.raises(TooManyRemoved):
        take(elsewhere, file)
    assert take(elsewhere, file, allow=True).removed == 12


def test_a_backup_brings_the_log_back_but_never_over_another(
    settings: IngestSettings, elsewhere: IngestSettings, tmp_path: Path
) -> None:
    path = tmp_path / "backup.zip"
    export_corpus(settings, path, "ann", whole=True)
    take(elsewhere, path)
    actions = [entry.action for entry in latest(elsewhere.index.directory)]
    assert actions == ["import", "remove", "add", "refresh"]
    other = settings_in(tmp_path / "other")
    other.index.directory.mkdir(parents=True)
    record(other.index.directory, AuditEntry("zoe", "refresh"))
    take(other, path)
    assert [entry.action for entry in latest(other.index.directory)] == ["import", "refresh"]


def test_an_export_takes_the_place_of_an_older_one_in_one_step(
    settings: IngestSettings, tmp_path: Path
) -> None:
    path = tmp_path / "corpus.zip"
    path.write_bytes(b"older")
    done = export_corpus(settings, path, "ann", whole=False)
    assert (done.articles, done.uploads, done.bytes) == (3, 1, path.stat().st_size)
    assert done.vectors > 3
    assert [one.name for one in tmp_path.iterdir() if "corpus" in one.name] == ["corpus.zip"]


def test_what_cannot_be_exported_or_imported_is_said(
    settings: IngestSettings, elsewhere: IngestSettings
) -> None:
    with pytest.raises(ConfigError, match="folder that exists"):
        export_corpus(settings, Path("/nowhere/at/all.zip"), "ann", whole=False)
    with pytest.raises(IndexMissing):
        export_corpus(elsewhere, elsewhere.base / "x.zip", "ann", whole=False)
    with pytest.raises(ConfigError, match="There is no file"):
        take(elsewhere, elsewhere.base / "x.zip")


# -- a stranger's file


def rewritten(file: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(file) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    other = file.with_name("hostile.zip")
    with zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return other


def edited(name: str, **fields: object) -> Callable[[dict[str, bytes]], None]:
    """The first line of an entry with other fields."""

    def edit(entries: dict[str, bytes]) -> None:
        first, _, others = entries[name].partition(b"\n")
        entries[name] = json.dumps(json.loads(first) | fields).encode() + b"\n" + others

    return edit


def put(name: str, data: bytes) -> Callable[[dict[str, bytes]], None]:
    def edit(entries: dict[str, bytes]) -> None:
        entries[name] = data

    return edit


def vector(value: float) -> bytes:
    return b"\0" * 16 + np.full(32, value, dtype="<f4").tobytes()


HOSTILE: dict[str, Callable[[dict[str, bytes]], None]] = {
    "a path above": put("../escaped.txt", b"x"),
    "an absolute path": put("/tmp/escaped.txt", b"x"),
    "a path above among the uploads": put("uploads/../../escaped.md", b"x"),
    "a backslash": put("uploads\\..\\escaped.md", b"x"),
    "a program": put("uploads/" + "0" * 64 + ".py/x", b"x"),
    "an upload that is not its hash": put("uploads/" + "0" * 64 + ".md", b"x"),
    "a page with a path": put("pages/../x.page", b"x"),
    "no facts": lambda entries: entries.pop("byline.json") and None,
    "no articles": lambda entries: entries.pop("articles.jsonl") and None,
    "no curation": lambda entries: entries.pop("curation.json") and None,
    "no vectors": lambda entries: entries.pop("vectors.bin") and None,
    "facts that are a list": put("byline.json", b"[]"),
    "facts of another format": put("byline.json", b'{"format": 99}'),
    "facts with a huge dimension": put(
        "byline.json", b'{"format": 1, "embedder": "x", "dimension": 1000000000}'
    ),
    "facts nested deep": put("byline.json", b"[" * 200_000),
    "curation that is a number": put("curation.json", b"5"),
    "curation with a path": put(
        "curation.json", b'{"uploads": [{"path": "../../x.md", "name": "x", "by": "x", "at": "x"}]}'
    ),
    "curation with other fields": put("curation.json", b'{"uploads": [{"file": "x"}]}'),
    "articles that are no objects": put("articles.jsonl", b"1\n2\n"),
    "articles that are no JSON": put("articles.jsonl", b"\xff\xfe{"),
    "an article with another field": edited("articles.jsonl", extra="x"),
    "an article with an id of its own": edited("articles.jsonl", id="../../x"),
    "an article whose body is a number": edited("articles.jsonl", body=5),
    "an article without a body": edited("articles.jsonl", body="  "),
    "an article whose title is null": edited("articles.jsonl", title=None),
    "an article with half a character": edited("articles.jsonl", body="text \ud800 text"),
    "vectors that break off": put("vectors.bin", vector(0.1) + b"x"),
    "vectors of no length": put("vectors.bin", vector(0.0)),
    "vectors that are no numbers": put("vectors.bin", vector(float("nan"))),
    "vectors that are too long": put("vectors.bin", vector(1e30)),
}


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
def test_a_file_that_is_not_as_it_should_be_is_refused_and_changes_nothing(
    what: str, file: Path, elsewhere: IngestSettings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    write_article(elsewhere.base / "articles", "mine")
    before = ingest_corpus(elsewhere, embedder).generation
    with pytest.raises(UserFacingError):
        take(elsewhere, rewritten(file, HOSTILE[what]), allow=True)
    assert Generations(elsewhere.index.directory).current() == before
    assert not list(tmp_path.rglob("*escaped*"))
    assert not Path("/tmp/escaped.txt").exists()


def test_an_address_that_is_none_does_not_become_a_link(
    file: Path, elsewhere: IngestSettings, embedder: WordEmbedder
) -> None:
    take(elsewhere, rewritten(file, edited("articles.jsonl", url="javascript:alert(1)")))
    articles = contents(elsewhere, embedder)["articles"]
    assert isinstance(articles, dict)
    assert "javascript:alert(1)" not in {article.url for article in articles.values()}


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x05\x06" + b"\0" * 18, b"PK\x03\x04" + b"\xff" * 100])
def test_what_is_no_export_is_refused(elsewhere: IngestSettings, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    with pytest.raises(ImportRefused, match="no export of Byline"):
        take(elsewhere, path)


def test_a_damaged_copy_is_refused_wherever_the_damage_is(file: Path, elsewhere: IngestSettings) -> None:
    """Every byte is under a checksum or a check, so a damaged copy is refused or, where it does not matter, read."""
    whole = file.read_bytes()
    refused = 0
    for place in range(0, len(whole), max(1, len(whole) // 40)):
        damaged = file.with_name("damaged.zip")
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            take(elsewhere, damaged, allow=True)
            shutil.rmtree(elsewhere.index.directory)  # what is held already would not be read again
        except UserFacingError:
            refused += 1
    assert refused >= 30


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)
ENTRY = st.sampled_from(
    ["byline.json", "articles.jsonl", "curation.json", "vectors.bin", "audit/changes.jsonl"]
)


@hypothesis.settings(max_examples=40, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
@given(data=st.data())
def test_whatever_stands_in_an_entry_is_imported_or_refused(
    data: st.DataObject, file: Path, elsewhere: IngestSettings
) -> None:
    """A field of another kind, bytes that are none of ours, or a part of what was there."""
    name = data.draw(ENTRY)

    def edit(entries: dict[str, bytes]) -> None:
        good = entries.get(name, b"{}\n")
        if name.endswith((".json", ".jsonl")) and data.draw(st.booleans()):
            first, _, others = good.partition(b"\n" if name.endswith("l") else b"\0")
            row = json.loads(first)
            row[data.draw(st.sampled_from(sorted(row) or ["x"]))] = data.draw(JSON)
            entries[name] = json.dumps(row).encode() + b"\n" + others
        else:
            place = data.draw(st.integers(0, len(good)))
            entries[name] = (
                good[:place]
                + data.draw(st.binary(max_size=40))
                + good[place + data.draw(st.integers(0, 9)) :]
            )

    with contextlib.suppress(UserFacingError):
        take(elsewhere, rewritten(file, edit), allow=True)


def test_a_bomb_is_refused_by_what_it_says_it_needs(file: Path, elsewhere: IngestSettings) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive, zipfile.ZipFile(file) as good:
        for name in good.namelist():
            archive.writestr(name, good.read(name) if name != "curation.json" else b" " * 60_000_000)
    bomb = file.with_name("bomb.zip")
    bomb.write_bytes(data.getvalue())
    with pytest.raises(ImportRefused, match="would swell"):
        take(elsewhere, bomb)


@pytest.mark.parametrize("name", ["articles.jsonl", "curation.json", "vectors.bin"])
def test_a_file_that_would_swell_is_refused_before_it_is_unpacked(
    name: str, file: Path, elsewhere: IngestSettings
) -> None:
    with pytest.raises(ImportRefused, match="would swell to"):
        take(elsewhere, rewritten(file, put(name, b" " * 20_000_000)))


def swollen(entries: dict[str, bytes]) -> None:
    """Sixteen articles of three million characters in an archive of two million bytes."""
    row, chance = json.loads(entries["articles.jsonl"].partition(b"\n")[0]), random.Random(1)
    body = "".join(f"{chance.randbytes(900).hex()} {'word ' * 6_100}" for _ in range(90))
    rows = (row | {"id": f"{number:016x}", "body": body} for number in range(16))
    entries["articles.jsonl"] = b"".join(json.dumps(one).encode() + b"\n" for one in rows) + b"{}\n"


def test_a_swollen_archive_is_read_article_by_article(file: Path, elsewhere: IngestSettings) -> None:
    hostile = rewritten(file, swollen)
    assert hostile.stat().st_size < 2_000_000
    tracemalloc.start()
    try:
        with pytest.raises(ImportRefused, match="other fields"):  # at its end, when all the others were read
            take(elsewhere, hostile)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 40_000_000


def test_a_row_that_would_swell_when_it_is_parsed_is_refused(file: Path, elsewhere: IngestSettings) -> None:
    def nested(entries: dict[str, bytes]) -> None:
        chance = random.Random(1)
        entries["articles.jsonl"] = (
            b'{"id": [' + b"[],{}," * 1_000_000 + chance.randbytes(200_000).hex().encode() + b"]}\n"
        )

    tracemalloc.start()
    try:
        with pytest.raises(ImportRefused, match="no flat object"):
            take(elsewhere, rewritten(file, nested))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 40_000_000


def test_a_list_of_entries_that_would_fill_the_memory_is_refused(
    file: Path, elsewhere: IngestSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_LARGEST_PIECE", 66_000)
    take(elsewhere, file)
    with pytest.raises(ImportRefused, match="damaged"):
        take(
            elsewhere, rewritten(file, lambda entries: entries.update({f"{n:0500}": b"" for n in range(200)}))
        )


def test_a_table_of_too_many_rows_is_refused(
    file: Path, elsewhere: IngestSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_MOST_ROWS", 1)
    with pytest.raises(ImportRefused, match="too many rows"):
        take(elsewhere, file)
