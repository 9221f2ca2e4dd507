from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import load_settings
from ingest.errors import ConfigError
from ingest.settings import load_ingest_settings
from ingest.sources.sources import configured_sources

ROOT = Path(__file__).resolve().parents[2]


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_committed_config_says_the_defaults(tmp_path: Path) -> None:
    committed = load_settings(ROOT / "config.toml")
    defaults = load_settings(written(tmp_path, ""))
    for table in ("retrieval", "answering", "discord", "reader", "api", "metrics"):
        assert getattr(committed, table) == getattr(defaults, table)
    assert committed.ingest.embedding == defaults.ingest.embedding
    assert committed.ingest.corpus.paths == defaults.ingest.corpus.paths


def test_relative_paths_start_at_the_config_files_folder(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, '[index]\ndirectory = "here"\n'))
    assert settings.ingest.index.directory == tmp_path / "here"
    assert settings.records.path == tmp_path / "data" / "records.sqlite"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[corpus]\npathes = ["a"]', "[corpus] has no key 'pathes'; did you mean 'paths'?"),
        ("[corpos]\n", "there is no table [corpos]; did you mean 'corpus'?"),
        ("[corpus]\nzzz = 1", "has no key 'zzz' (there are:"),
        ('[corpus]\npaths = "a"', "[corpus] paths must be a list"),
        ("[corpus]\npaths = [3]", "must be text in quotation marks, not 3"),
        ('[index]\nchroma = "ftp://x"', "[index] chroma must"),
        ('[embedding]\nprovider = "gpt"', "'local' or 'openai'"),
        ('paths = ["a"]', "the key 'paths' stands outside every table; put it below the line [corpus]"),
        ("[corpus", "is not valid TOML"),
        ('[corpus]\nsources = [{ source = "x" }]', "sources.0: a source has either a path or a url."),
        ('[corpus]\nsources = [{ path = "a", max_age_days = 999999 }]', "less than or equal to 365000"),
        ('[corpus]\nuploads = "~nobody-here/x"', "no such user's home"),
        ('[index]\ndirectory = "a\\u0000b"', "NUL character"),
    ],
)
def test_a_wrong_line_is_named_with_what_to_write(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as failed:
        load_ingest_settings(written(tmp_path, text))
    assert said in str(failed.value)
    assert not str(failed.value).endswith("?.")
    assert failed.value.exit_code == 2


@pytest.mark.parametrize("path", ["", "  ", "~nobody-here/x", "a\\u0000b"])
def test_a_path_that_is_none_is_refused_in_a_sentence(tmp_path: Path, path: str) -> None:
    corpus = load_ingest_settings(written(tmp_path, f'[corpus]\npaths = ["{path}"]\n')).corpus
    with pytest.raises(ConfigError):
        configured_sources(corpus, tmp_path)


def test_a_folder_named_with_its_publisher_is_not_named_twice_by_the_default(tmp_path: Path) -> None:
    text = '[corpus]\nsources = [{ path = "articles", source = "Town Paper" }]\n'
    (source,) = configured_sources(load_ingest_settings(written(tmp_path, text)).corpus, tmp_path)
    assert source.source == "Town Paper"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[answering]\nprovider = "gpt"', "'quoting' or 'openai'"),
        ('[discord]\nhome_servers = ["abc"]', "must be a whole number, not 'abc'"),
        ("[retrieval]\npassages = 0", "[retrieval] passages must be greater than or equal to 1"),
    ],
)
def test_a_wrong_line_of_the_bots_is_named_too(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as failed:
        load_settings(written(tmp_path, text))
    assert said in str(failed.value)


def test_a_config_in_another_encoding_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes("[corpus]\npaths = ['Übersicht']".encode("latin-1"))
    with pytest.raises(ConfigError, match="UTF-8"):
        load_settings(path)
