"""Write the trained cross-encoder as the file that Byline ships: `python -m training.export CHECKPOINT TARGET`.

Matrices become signed bytes with one scale a row, symmetric about nought, exactly as the int8 graph multiplies them;
everything else becomes half floats. The word table stays as it was and is left out.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

POSITIONS = 320  # no longer text is read
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "o": "attention.output.dense",
    "n1": "attention.output.LayerNorm",
    "f1": "intermediate.dense",
    "f2": "output.dense",
    "n2": "output.LayerNorm",
}


def encoder_name(name: str) -> str | None:
    """The name in BERT's own terms; None for what is not shipped."""
    first, _, rest = name.partition(".")
    if first == "layers":
        number, part, kind = rest.split(".")
        return f"encoder.layer.{number}.{_LAYER[part]}.{kind}"
    return {
        "emb.weight": None,
        "pos": "embeddings.position_embeddings.weight",
        "typ": "embeddings.token_type_embeddings.weight",
        "n.weight": "embeddings.LayerNorm.weight",
        "n.bias": "embeddings.LayerNorm.bias",
    }.get(name, name)


def packed(name: str, array: npt.NDArray[np.float32]) -> dict[str, npt.NDArray[np.generic]]:
    if not (name.startswith("encoder.layer.") and array.ndim == 2):
        return {name: array.astype(np.float16)}
    scales = (np.abs(array).max(axis=1) / 127).astype(np.float32)
    scales[scales == 0] = 1
    codes = np.clip(np.rint(array / scales[:, None]), -127, 127).astype(np.int8)
    return {name: codes, f"{name}.scales": scales}


def main() -> None:
    checkpoint, target = sys.argv[1:]
    arrays: dict[str, npt.NDArray[np.generic]] = {}
    for name, tensor in torch.load(checkpoint, map_location="cpu").items():
        known = encoder_name(name)
        if known is not None:
            array = tensor.float().numpy()
            arrays |= packed(known, array[:POSITIONS] if name == "pos" else array)
    np.savez(target, **arrays)
    print(hashlib.sha256(Path(target).read_bytes()).hexdigest(), Path(target).stat().st_size)


if __name__ == "__main__":
    main()
