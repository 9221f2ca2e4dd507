"""`python -m ingest`: bring the index in line with the articles."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from contextlib import nullcontext
from pathlib import Path

from rich.console import Console

from ingest.embedding import make_embedder
from ingest.errors import UserFacingError
from ingest.pipeline import Outcome, ingest_corpus
from ingest.progress import json_lines, progress_bars, silent
from ingest.settings import DEFAULT_CONFIG, load_ingest_settings


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    try:
        outcome = _ingest(options)
    except UserFacingError as error:
        _show_error(str(error), as_json=options.json)
        return error.exit_code
    except OSError as error:
        _show_error(f"{error}. The last index stays in use; make room or mend the folder, and run this again.", as_json=options.json)
        return 1
    except KeyboardInterrupt:
        _show_error("Stopped. The last index stays in use, and what was embedded is kept.", as_json=options.json)
        return 130
    if options.json:
        print(json.dumps(outcome.shape(), ensure_ascii=False).encode("utf-8", "replace").decode())
    else:
        _show(outcome, dry_run=options.dry_run)
    return 0


def _ingest(options: argparse.Namespace) -> Outcome:
    settings = load_ingest_settings(options.config)
    embedding = settings.embedding
    embedder = make_embedder(embedding.provider, embedding.model, embedding.base_url)
    watched = nullcontext(json_lines() if options.progress else silent) if options.json else progress_bars()
    with watched as report:
        return ingest_corpus(settings, embedder, only=options.paths, dry_run=options.dry_run, report=report)


def _show(outcome: Outcome, *, dry_run: bool) -> None:
    console = Console(highlight=False, markup=False, soft_wrap=True)
    verb = "would be " if dry_run else ""
    console.print(
        f"{outcome.added} {verb}added, {outcome.changed} changed, {outcome.removed} removed, "
        f"{outcome.unchanged} unchanged; {outcome.passages} passages in {outcome.seconds:.1f} s"
    )
    if outcome.rejected:
        console.print(f"{len(outcome.rejected)} not read:")
        for reject in outcome.rejected:
            console.print(f"  {reject.path}: {reject.reason}")


def _show_error(text: str, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"outcome": "failed", "error": text}, ensure_ascii=False))
    else:
        Console(stderr=True).print(text, style="red", markup=False, highlight=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingest", description="Read the articles and bring the index in line with them."
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="only these; articles elsewhere stay")
    parser.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help="default: config.toml")
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")
    parser.add_argument("--progress", action="store_true", help="with --json: a line a step on standard error")
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main())
