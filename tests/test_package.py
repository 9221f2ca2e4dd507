"""What `pip install .` brings: the packages that Byline runs on, its data files and the command `byline`."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "ingest")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, unpacked as pip would into site-packages."""
    folder = tmp_path_factory.mktemp("package")
    project, site = folder / "project", folder / "site-packages"
    for name in PACKAGES:
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "requirements.in", "requirements-api.in"):
        shutil.copy(ROOT / name, project)
    build = f"from setuptools import build_meta; build_meta.build_wheel({str(folder)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=project, capture_output=True, timeout=120, check=True)
    (wheel,) = folder.glob("byline-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def info(installed: Path, name: str) -> bytes:
    (folder,) = installed.glob("byline-*.dist-info")
    return (folder / name).read_bytes()


def test_an_installation_asks_for_every_package_with_its_range(installed: Path) -> None:
    wanted = asked_for("requirements.in")
    extra = {f'{line}; extra == "api"' for line in asked_for("requirements-api.in")}
    required = message_from_bytes(info(installed, "METADATA")).get_all("Requires-Dist")
    assert required is not None
    assert {in_order(line) for line in required} == {in_order(line) for line in wanted | extra}


def asked_for(name: str) -> set[str]:
    lines = (ROOT / name).read_text().splitlines()
    return {line.replace(" ", "") for line in lines if line and not line.startswith("#")}


def in_order(requirement: str) -> tuple[str, frozenset[str], str]:
    """A requirement's name, its limits, whose order means nothing, and the extra that it belongs to."""
    match = re.fullmatch(r"([\w.-]+?)([<>=!~][^;]*)?(; extra == .*)?", requirement)
    assert match
    return match[1].lower(), frozenset((match[2] or "").split(",")), match[3] or ""


def test_an_installation_holds_every_file_that_the_packages_have(installed: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *PACKAGES],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a git checkout")
    missing = [name for name in listed.stdout.splitlines() if not (installed / name).exists()]
    assert [name for name in missing if (ROOT / name).exists()] == []


def test_the_command_byline_serves_both_packages_from_any_folder(installed: Path, tmp_path: Path) -> None:
    assert b"byline = bot.__main__:byline" in info(installed, "entry_points.txt")
    (tmp_path / "config.toml").write_text("")
    code = f"import sys; sys.path.insert(0, {str(installed)!r}); from bot.__main__ import byline; sys.exit(byline())"

    def byline(*arguments: str) -> str:
        command = [sys.executable, "-P", "-c", code, *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert json.loads(byline("ingest", "status", "--json"))["generation"] is None
    assert byline("ask", "--help").startswith("usage: byline ask ")
