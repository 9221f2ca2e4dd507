"""The MiniLM encoder written out as an ONNX graph, from its published weights.

Fused operators of onnxruntime (domain com.microsoft) are written down as such, so nothing is left to its optimiser.
The graph ends in the mean over the tokens, so that what comes out is the vector of a text. It knows no padding:
texts of one batch are equally long. A mask would cost the quicker attention, and a batch gains little here.

Input, int32: `input_ids` (texts, tokens). Output, float32: `vectors` (texts, 384), of unit length.
A cross-encoder of the same shape reads two segments at once, so it takes `segment_ids` (texts, tokens) too, and
gives the last layer's `states` (texts, tokens, 384) as they are: what is asked of them is not the same for each token.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from ingest.embedding import onnx_format

Weights = Mapping[str, npt.NDArray[np.float32]]

LAYERS, HEADS, HIDDEN = 6, 12, 384
_EPSILON = 1e-12


def write_graph(weights: Path, target: Path, precision: Literal["fp32", "int8"]) -> None:
    """Read `weights` (safetensors) and write the encoder to `target`.

    int8 keeps each weight matrix as signed bytes with one scale a column, and quantises what is multiplied
    with it as it comes, with one scale a matrix, the tokens made equally large first where they differ most.
    """
    target.write_bytes(_Writer(read_safetensors(weights), precision).encoder())


def write_cross_encoder(weights: Weights, target: Path, precision: Literal["fp32", "int8"]) -> None:
    """Write a cross-encoder with these weights, named as the encoder's are, to `target`."""
    target.write_bytes(_Writer(weights, precision).cross_encoder())


def read_safetensors(path: Path) -> dict[str, npt.NDArray[np.float32]]:
    """The float32 arrays of a safetensors file: a length, a JSON header of that length, then the numbers."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    arrays = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] != "F32":
            continue
        start, end = entry["data_offsets"]
        array = np.frombuffer(data, dtype="<f4", count=(end - start) // 4, offset=8 + length + start)
        arrays[name] = array.reshape(entry["shape"])
    return arrays


def quantise_columns(
    matrix: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """A matrix (in, out) as signed bytes and one scale a column, symmetric about nought."""
    scales = (np.abs(matrix).max(axis=0) / 127).astype(np.float32)
    scales[scales == 0] = 1
    return np.clip(np.rint(matrix / scales), -127, 127).astype(np.int8), scales


class _Writer:
    """Collects nodes and constants; every method that adds a node returns the name of its first output."""

    def __init__(self, weights: Weights, precision: Literal["fp32", "int8"]) -> None:
        self.weights = weights
        self.int8 = precision == "int8"
        self.nodes: list[onnx_format.Message] = []
        self.constants: dict[str, onnx_format.Message] = {}

    def encoder(self) -> bytes:
        self.pooling(self.layers(self.embeddings()))
        return self.model(["input_ids"], "vectors", ["texts", HIDDEN])

    def cross_encoder(self) -> bytes:
        states = self.layers(self.embeddings("segment_ids"))
        self.node("Identity", [states], "states")
        return self.model(["input_ids", "segment_ids"], "states", ["texts", "length", HIDDEN])

    def layers(self, states: str) -> str:
        for layer in range(LAYERS):
            states = self.layer(states, layer)
        return states

    def model(self, inputs: list[str], output: str, shape: list[str | int]) -> bytes:
        return onnx_format.model(
            self.nodes,
            self.constants.values(),
            [onnx_format.value(name, np.int32, ["texts", "length"]) for name in inputs],
            [onnx_format.value(output, np.float32, shape)],
            {"": 20, "com.microsoft": 1},
        )

    def embeddings(self, segments: str = "") -> str:
        names = ("word_embeddings", "position_embeddings", "token_type_embeddings")
        tables = [self.weight(f"embeddings.{name}.weight") for name in names]
        norm = [self.weight(f"embeddings.LayerNorm.{part}") for part in ("weight", "bias")]
        inputs = ["input_ids", segments, *tables, *norm]
        return self.fused("EmbedLayerNormalization", inputs, "embedded", "no mask", epsilon=_EPSILON)

    def layer(self, states: str, number: int) -> str:
        prefix = f"encoder.layer.{number}."
        codes = self.quantise(states) if self.int8 else None  # query, key and value share it
        parts = [
            self.linear(states, f"{prefix}attention.self.{part}", codes) for part in ("query", "key", "value")
        ]
        heard = self.fused("MultiHeadAttention", parts, f"{prefix}heard", num_heads=HEADS)
        mixed = self.linear(heard, f"{prefix}attention.output.dense")
        states = self.add_and_normalise(mixed, states, f"{prefix}attention.output.LayerNorm")
        wide = self.levelled(states, f"{prefix}intermediate.dense")
        bias = self.weight(f"{prefix}intermediate.dense.bias")
        wide = self.fused("BiasGelu", [wide, bias], f"{prefix}activated")
        narrow = self.levelled(wide, f"{prefix}output.dense")
        narrow = self.node("Add", [narrow, self.weight(f"{prefix}output.dense.bias")], f"{prefix}narrow")
        return self.add_and_normalise(narrow, states, f"{prefix}output.LayerNorm")

    def add_and_normalise(self, branch: str, trunk: str, name: str) -> str:
        # onnxruntime's SkipLayerNormalization does both, and takes four times as long on a CPU
        total = self.node("Add", [branch, trunk], f"{name}.sum")
        constants = [self.weight(f"{name}.{part}") for part in ("weight", "bias")]
        return self.node("LayerNormalization", [total, *constants], f"{name}.states", epsilon=_EPSILON)

    def pooling(self, states: str) -> None:
        total = self.node("ReduceSum", [states, self.constant("axis", np.array([1]))], "sum", keepdims=0)
        # brought to unit length, a sum is as good as a mean
        self.node("LpNormalization", [total], "vectors", axis=1, p=2)

    def linear(self, states: str, name: str, codes: tuple[str, str, str] | None = None) -> str:
        """`states` times a weight that is stored (out, in), plus its bias; `codes` are the states quantised."""
        bias = self.weight(f"{name}.bias")
        if not self.int8:
            return self.node("Add", [self.product(states, name), bias], f"{name}.result")
        weight, scales, zeros = self.bytes(name)
        if codes is None:
            inputs = [states, weight, scales, zeros, bias]
            return self.fused("DynamicQuantizeMatMul", inputs, f"{name}.result")
        values, scale, zero = codes
        inputs = [values, weight, scale, scales, zero, zeros, bias]
        return self.fused("MatMulIntegerToFloat", inputs, f"{name}.result")

    def levelled(self, states: str, name: str) -> str:
        """`states` times a weight, without its bias; each token is divided by its largest number on the way.

        A few tokens have numbers ten times as large as the others; in one scale with them, the others would be left
        with a few bits. This takes 7 % of the time, and leaves a quarter of the error.
        """
        if not self.int8:
            return self.product(states, name)
        sizes = self.node("Abs", [states], f"{name}.sizes")
        largest = self.node(
            "ReduceMax", [sizes, self.constant("last axis", np.array([-1]))], f"{name}.largest"
        )
        level = self.node(
            "Max", [largest, self.constant("least", np.array([1e-6], np.float32))], f"{name}.level"
        )
        even = self.node("Div", [states, level], f"{name}.even")
        product = self.fused("DynamicQuantizeMatMul", [even, *self.bytes(name)], f"{name}.product")
        return self.node("Mul", [product, level], f"{name}.raised")

    def product(self, states: str, name: str) -> str:
        matrix = self.constant(f"{name}.matrix", self.weights[f"{name}.weight"].T)
        return self.node("MatMul", [states, matrix], f"{name}.product")

    def bytes(self, name: str) -> tuple[str, str, str]:
        """The weight as bytes (in, out), its scales and its zeros."""
        numbers, scales = quantise_columns(self.weights[f"{name}.weight"].T)
        return (
            self.constant(f"{name}.bytes", numbers),
            self.constant(f"{name}.scales", scales),
            self.constant(f"{name}.zeros", np.zeros(len(scales), np.int8)),
        )

    def quantise(self, states: str) -> tuple[str, str, str]:
        names = (f"{states}.codes", f"{states}.scale", f"{states}.zero")
        self.node("DynamicQuantizeLinear", [states], *names)
        return names

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights[name])

    def constant(self, name: str, array: npt.NDArray[np.generic]) -> str:
        self.constants[name] = onnx_format.tensor(name, array)
        return name

    def fused(self, operator: str, inputs: list[str], *outputs: str, **attributes: float) -> str:
        return self.node(operator, inputs, *outputs, domain="com.microsoft", **attributes)

    def node(
        self, operator: str, inputs: list[str], *outputs: str, domain: str = "", **attributes: float
    ) -> str:
        self.nodes.append(onnx_format.node(operator, inputs, outputs, domain, attributes))
        return outputs[0]
