"""The MiniLM encoder written out as an ONNX graph, from its published weights and with `onnx` alone.

The graph uses onnxruntime's fused operators (domain com.microsoft) for attention, GELU and layer norms, and
ends in the mean over the tokens, so that what comes out is the vector of a text.

Inputs, int32: `input_ids` and `mask`, both (texts, tokens); a text's padding stands at its end, mask 0.
Outputs, float32: `vectors` (texts, 384), of unit length; `tokens` (texts, tokens, 384), as the last layer
leaves them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import onnx

Weights = Mapping[str, npt.NDArray[np.float32]]

GRAPH_VERSION = 1
"""Part of the stored graph's name: raise it when what is written here changes."""

LAYERS, HEADS, HIDDEN = 6, 12, 384
_EPSILON = 1e-12


def write_graph(weights: Path, target: Path, precision: Literal["fp32", "int8"]) -> None:
    """Read `weights` (safetensors) and write the encoder to `target`.

    int8 keeps each weight matrix as signed bytes with one scale a column, and quantises what is multiplied
    with it as it comes, with one scale a batch.
    """
    import onnx

    onnx.save(_Writer(read_safetensors(weights), precision).encoder(), target)


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
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}
        self.quantised: set[str] = set()

    def encoder(self) -> onnx.ModelProto:
        from onnx import TensorProto, helper

        states = self.embeddings()
        for layer in range(LAYERS):
            states = self.layer(states, layer)
        self.pooling(states)
        shape = ["texts", "tokens"]
        graph = helper.make_graph(
            self.nodes,
            "encoder",
            [helper.make_tensor_value_info(name, TensorProto.INT32, shape) for name in ("input_ids", "mask")],
            [
                helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", HIDDEN]),
                helper.make_tensor_value_info("tokens", TensorProto.FLOAT, [*shape, HIDDEN]),
            ],
            list(self.constants.values()),
        )
        opsets = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)

    def embeddings(self) -> str:
        tables = [
            self.weight(f"embeddings.{name}")
            for name in (
                "word_embeddings.weight",
                "position_embeddings.weight",
                "token_type_embeddings.weight",
                "LayerNorm.weight",
                "LayerNorm.bias",
            )
        ]
        # the second output is each text's length, the mask that the attention operator reads fastest
        inputs = ["input_ids", "", *tables, "mask"]
        return self.fused("EmbedLayerNormalization", inputs, "states", "lengths", epsilon=_EPSILON)

    def layer(self, states: str, number: int) -> str:
        prefix = f"encoder.layer.{number}."
        attention = f"{prefix}attention.self."
        parts = [self.linear(states, f"{attention}{part}.weight") for part in ("query", "key", "value")]
        bias = np.concatenate([self.weights[f"{attention}{part}.bias"] for part in ("query", "key", "value")])
        inputs = [*parts, self.constant(f"{attention}bias", bias), "lengths"]
        heard = self.fused("MultiHeadAttention", inputs, f"{prefix}heard", num_heads=HEADS)
        mixed = self.linear(heard, f"{prefix}attention.output.dense.weight")
        states = self.add_and_normalise(mixed, states, f"{prefix}attention.output.", f"{prefix}attended")
        wide = self.linear(states, f"{prefix}intermediate.dense.weight")
        wide = self.fused(
            "BiasGelu", [wide, self.weight(f"{prefix}intermediate.dense.bias")], f"{prefix}activated"
        )
        narrow = self.linear(wide, f"{prefix}output.dense.weight")
        name = "tokens" if number == LAYERS - 1 else f"{prefix}states"
        return self.add_and_normalise(narrow, states, f"{prefix}output.", name)

    def add_and_normalise(self, branch: str, trunk: str, prefix: str, name: str) -> str:
        parts = ("LayerNorm.weight", "LayerNorm.bias", "dense.bias")
        inputs = [branch, trunk, *(self.weight(prefix + part) for part in parts)]
        return self.fused("SkipLayerNormalization", inputs, name, epsilon=_EPSILON)

    def pooling(self, states: str) -> None:
        from onnx import TensorProto

        axis_tokens = self.constant("axis of tokens", np.array([1], np.int64))
        axis_last = self.constant("axis of features", np.array([2], np.int64))
        kept = self.node("Cast", ["mask"], "mask as float", to=TensorProto.FLOAT)
        kept = self.node("Unsqueeze", [kept, axis_last], "mask of states")
        kept = self.node("Mul", [states, kept], "states kept")
        total = self.node("ReduceSum", [kept, axis_tokens], "sum of states", keepdims=0)
        # brought to unit length, a sum is as good as a mean
        self.node("LpNormalization", [total], "vectors", axis=1, p=2)

    def linear(self, states: str, name: str) -> str:
        """`states` times a weight that is stored (out, in); the bias is left to the operator that follows."""
        matrix = self.weights[name].T
        if not self.int8:
            return self.node("MatMul", [states, self.constant(name, matrix)], f"{name}.product")
        numbers, scales = quantise_columns(matrix)
        codes, scale, zero = self.quantise(states)
        inputs = [
            codes,
            self.constant(name, numbers),
            scale,
            self.constant(f"{name}.scales", scales),
            zero,
            self.constant(f"{name}.zeros", np.zeros(len(scales), np.int8)),
        ]
        return self.fused("MatMulIntegerToFloat", inputs, f"{name}.product")

    def quantise(self, states: str) -> tuple[str, str, str]:
        names = (f"{states}.codes", f"{states}.scale", f"{states}.zero")
        if states not in self.quantised:  # query, key and value share one
            self.quantised.add(states)
            self.node("DynamicQuantizeLinear", [states], *names)
        return names

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights[name])

    def constant(self, name: str, array: npt.NDArray[np.generic]) -> str:
        from onnx import numpy_helper

        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def fused(self, operator: str, inputs: list[str], *outputs: str, **attributes: float) -> str:
        return self.node(operator, inputs, *outputs, domain="com.microsoft", **attributes)

    def node(
        self, operator: str, inputs: list[str], *outputs: str, domain: str = "", **attributes: float
    ) -> str:
        from onnx import helper

        node = helper.make_node(operator, inputs, list(outputs), domain=domain)
        node.attribute.extend(helper.make_attribute(name, value) for name, value in attributes.items())
        self.nodes.append(node)
        return outputs[0]
