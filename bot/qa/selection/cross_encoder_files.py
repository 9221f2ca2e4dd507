"""The cross-encoder's files: the weights that are shipped with this package, and the graph that is written of them.

What training leaves as it was, the table of word pieces, is not shipped: it stands in the local model. Matrices are
shipped as signed bytes with one scale a column, as the int8 graph runs them; the rest as half floats.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ingest.embedding.model_files import MODEL, PRECISIONS, Precision, models_folder, weights_file
from ingest.errors import ModelFilesMissing, UserFacingError
from ingest.system.atomic_write import replacing
from ingest.system.digest import sha256_of

WEIGHTS = Path(__file__).with_name("cross_encoder.npz")
WEIGHTS_SHA256 = "2b309d035e382bdfd73bd30ef2115288d461d31b7061abb062dbfbb04cd55a22"
_WORD_TABLE = "embeddings.word_embeddings.weight"
_HOW_TO_MEND = "Install Byline anew; then run `make install`."


def load_weights() -> dict[str, npt.NDArray[np.float32]]:
    """Every array that was trained, by its name in the encoder. Raises ModelFilesMissing where they were changed."""
    try:
        if sha256_of(WEIGHTS) != WEIGHTS_SHA256:
            raise ModelFilesMissing(f"{WEIGHTS} is not the file that belongs to this version. {_HOW_TO_MEND}")
    except OSError as error:
        raise ModelFilesMissing(f"{WEIGHTS} cannot be read: {error}. {_HOW_TO_MEND}") from error
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        return {name: _floats(stored, name) for name in stored.files if not name.endswith(".scales")}


def graph_file(precision: Precision) -> Path:
    """The graph that onnxruntime runs, written from the weights if it is not there yet (2 s).

    Raises ModelFilesMissing where the weights of either model are missing or changed.
    """
    path = _graph_path(precision)
    if not path.exists():
        from ingest.embedding.onnx_graph import read_safetensors, write_cross_encoder

        weights = load_weights() | {_WORD_TABLE: read_safetensors(weights_file())[_WORD_TABLE]}
        with replacing(path) as pending:
            write_cross_encoder(weights, pending, precision)
    return path


def install() -> None:
    """Write both graphs, and remove those of other versions."""
    graphs = {graph_file(precision) for precision in PRECISIONS}
    for older in set(_folder().glob("*.onnx")) - graphs:
        older.unlink()


@lru_cache(maxsize=2)
def _graph_path(precision: Precision) -> Path:
    from ingest.embedding import model_files

    code = sha256_of(Path(model_files.__file__).with_name("onnx_graph.py"))
    return _folder() / f"{precision}-{code[:8]}-{WEIGHTS_SHA256[:8]}.onnx"


def _folder() -> Path:
    return models_folder() / f"{MODEL}-answers"


def _floats(stored: np.lib.npyio.NpzFile, name: str) -> npt.NDArray[np.float32]:
    array = stored[name]
    floats: npt.NDArray[np.float32] = array.astype(np.float32)
    return floats * stored[f"{name}.scales"][:, None] if array.dtype == np.int8 else floats


def main() -> int:
    """`python -m bot.qa.selection.cross_encoder_files`: put the graphs in place; with `--check` only look."""
    if "--check" in sys.argv[1:]:
        return 0 if all(_graph_path(precision).exists() for precision in PRECISIONS) else 1
    try:
        install()
    except UserFacingError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
