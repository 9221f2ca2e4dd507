"""An `ingest` that does what a test writes into it, for the child processes of /corpus."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any


def program(path: Path, text: str) -> None:
    start = "import json, os, pathlib, sys, time\narguments = sys.argv[1:]\n"
    path.write_text(start + "pathlib.Path('asked').open('a').write(json.dumps(arguments) + '\\n')\n"
                    "def tell(stage, done, total):\n"
                    "    print(json.dumps(dict(stage=stage, done=done, total=total)), file=sys.stderr, flush=True)\n"
                    + textwrap.dedent(text), encoding="utf-8")  # fmt: skip


def saying(report: Any, code: int = 0) -> str:
    return f"print({json.dumps(json.dumps(report))}); sys.exit({code})"


def asked(package: Path) -> list[list[str]]:
    """What each child was told to do, without what all are told."""
    file = package.parent.parent / "asked"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [json.loads(line)[4:] for line in lines]
