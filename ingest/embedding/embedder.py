"""What an embedder is: the Protocol, and the identity that an index remembers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EmbedderIdentity:
    """What decides which vector a text gets. Two embedders with one `key` may share an index.

    `weights` is the sha256 of the weights, or "" where only the endpoint knows them.
    """

    provider: str
    model: str
    weights: str
    pooling: str
    input_format: str
    dimensions: int

    @property
    def key(self) -> str:
        """All parts in one line, the same on every computer."""
        parts = (self.provider, self.model, self.weights, self.pooling, self.input_format, self.dimensions)
        return "|".join(str(part).replace("|", "/") for part in parts)


class Embedder(Protocol):
    """Vectors are float32 and of unit length; every method may be called from several threads at once."""

    @property
    def identity(self) -> EmbedderIdentity: ...

    @property
    def precision(self) -> str:
        """How the numbers are kept on this computer; recorded, and no part of the identity."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(texts, dimensions), in the order given. Raises EmbeddingUnavailable."""
        ...

    def embed_question(self, text: str) -> Vectors:
        """(dimensions,). Raises EmbeddingUnavailable, sooner than `embed_passages`: someone is waiting."""
        ...


def unit_length(vectors: Vectors) -> Vectors:
    """Rows brought to length 1; a row of noughts stays as it is."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32, copy=False)
    return scaled


def without_surrogates(text: str) -> str:
    """The text with every lone surrogate replaced by U+FFFD: as many code points, and now encodable."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    return text
