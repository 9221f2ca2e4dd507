"""`python scripts/long_code.py`: functions of more than 40 lines and files of more than 300, in both packages."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FUNCTION, LONGEST_FILE = 40, 300


def too_long(path: Path) -> list[str]:
    source = path.read_text(encoding="utf-8")
    lines = source.count("\n")
    long = [f"{path.relative_to(ROOT)}: {lines} lines"] if lines > LONGEST_FILE else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {lines} lines")
    return long


if __name__ == "__main__":
    paths = sorted(path for package in ("bot", "ingest") for path in (ROOT / package).rglob("*.py"))
    findings = [finding for path in paths for finding in too_long(path)]
    print("\n".join(findings))
    sys.exit(bool(findings))
