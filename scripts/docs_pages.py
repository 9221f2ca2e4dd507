"""mkdocs hook: documents outside docs/ become pages too, and their links work on the site as on GitHub.

In the repository a link is a path relative to its document. On the site, a link to a document leads to its page, and
one to any other file of the repository is shown as its text alone. What leads nowhere is left as it is, so that
`mkdocs build --strict` fails on it.
"""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # there for `make docs` alone
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
    "deploy/README.md": "deploy.md",
    "benchmarks/results.md": "results.md",
}
_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^()\s#:]+)(#[^()\s]*)?\)")
_IMAGE = re.compile(r"!\[([^\]]*)\]\(docs/([^()\s:]+)\)")


def on_files(files: Files, config: Any) -> Files:
    from mkdocs.structure.files import File

    for document, page in PAGES.items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / document)))
    return files


def on_page_markdown(markdown: str, page: Page, config: Any, files: Files) -> str:  # noqa: ARG001  mkdocs names them
    return as_page(markdown, page.file.src_uri)


def as_page(markdown: str, uri: str) -> str:
    """The document of the page at `uri` with its links as they are on the site."""
    document = next((path for path, page in PAGES.items() if page == uri), f"docs/{uri}")
    return _LINK.sub(partial(_on_the_site, document, uri), _IMAGE.sub(r"![\1](\2)", markdown))


def _on_the_site(document: str, uri: str, match: re.Match[str]) -> str:
    text, target, anchor = match[1], match[2], match[3] or ""
    path = os.path.normpath(f"{Path(document).parent}/{target}").replace(os.sep, "/")
    page = PAGES.get(f"{path}/README.md") or PAGES.get(path) or path.removeprefix("docs/")
    if page != path:
        return f"[{text}]({os.path.relpath(page, Path(uri).parent).replace(os.sep, '/')}{anchor})"
    return text if (ROOT / path).exists() else match[0]
