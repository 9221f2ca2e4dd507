from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.system import atomic_write
from ingest.system.atomic_write import replace_bytes, replacing


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("old")

    def fail_half_way() -> None:
        with replacing(target) as pending:
            pending.write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail_half_way()
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "old")]


def test_a_reader_sees_the_old_content_until_all_is_written(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "file.json"
    replace_bytes(target, b"old")
    with replacing(target) as pending:
        pending.write_bytes(b"new")
        assert target.read_bytes() == b"old"
        assert pending.suffix == ".json"
    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


def test_the_content_is_on_disk_before_it_has_its_name_and_the_name_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    target = tmp_path / "file"
    monkeypatch.setattr(
        atomic_write, "flush", lambda path: steps.append(f"{path == tmp_path} {target.exists()}")
    )
    replace_bytes(target, b"new")
    assert steps == ["False False", "True True"]
    replace_bytes(target, b"newer", durable=False)
    assert len(steps) == 2


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_a_secret_is_nobody_elses_from_the_first_moment_and_the_umask_holds(tmp_path: Path) -> None:
    with replacing(tmp_path / "key", mode=0o600) as pending:
        assert pending.stat().st_mode & 0o777 == 0o600
    before = os.umask(0o027)
    try:
        replace_bytes(tmp_path / "file", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640
