"""Chroma's default embedder, put in place without a network, from the same weights as ours.

Chroma downloads `onnx.tar.gz` at first use. Here the files that it would unpack are made: the encoder as exporters
write it, operator by operator, which leaves all fusing to onnxruntime, as with the downloaded one.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import onnx
from chromadb.utils.embedding_functions import ONNXMiniLM_L6_V2
from onnx import TensorProto, helper, numpy_helper

from ingest.embedding.model_files import tokenizer_file, weights_file
from ingest.embedding.onnx_graph import HEADS, HIDDEN, LAYERS, read_safetensors

# looked for, never read
_OTHERS = ("config.json", "special_tokens_map.json", "tokenizer_config.json", "vocab.txt")


def chroma_default_embedder(folder: Path) -> ONNXMiniLM_L6_V2:
    """Chroma's class as it is, with `folder` for its download folder."""

    class Placed(ONNXMiniLM_L6_V2):  # type: ignore[misc]
        DOWNLOAD_PATH = folder

    unpacked = folder / ONNXMiniLM_L6_V2.EXTRACTED_FOLDER_NAME
    if not unpacked.exists():
        unpacked.mkdir(parents=True)
        onnx.save(_Exported().model(), unpacked / "model.onnx")
        shutil.copy(tokenizer_file(), unpacked / "tokenizer.json")
        for name in _OTHERS:
            (unpacked / name).write_text("{}")
    return Placed()


class _Exported:
    def __init__(self) -> None:
        self.weights = read_safetensors(weights_file())
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def model(self) -> onnx.ModelProto:
        names = ("input_ids", "attention_mask", "token_type_ids")
        states = self._embeddings()
        bias = self._mask()
        for layer in range(LAYERS):
            states = self._layer(states, bias, f"encoder.layer.{layer}")
        self._node("Identity", states, name="last_hidden_state")
        graph = helper.make_graph(
            self.nodes,
            "bert",
            [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"]) for name in names],
            [
                helper.make_tensor_value_info(
                    "last_hidden_state", TensorProto.FLOAT, ["batch", "sequence", HIDDEN]
                )
            ],
            list(self.constants.values()),
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)

    def _embeddings(self) -> str:
        words = self._node("Gather", self._weight("embeddings.word_embeddings.weight"), "input_ids")
        types = self._node(
            "Gather", self._weight("embeddings.token_type_embeddings.weight"), "token_type_ids"
        )
        shape = self._node("Shape", "input_ids")
        length = self._node("Gather", shape, self._constant("one", np.array(1)))
        positions = self._node("Range", self._constant("nought", np.array(0)), length, "one")
        places = self._node("Gather", self._weight("embeddings.position_embeddings.weight"), positions)
        total = self._node("Add", self._node("Add", words, types), places)
        return self._norm(total, "embeddings.LayerNorm")

    def _mask(self) -> str:
        axes = self._constant("mask axes", np.array([1, 2]))
        kept = self._node("Cast", self._node("Unsqueeze", "attention_mask", axes), to=TensorProto.FLOAT)
        dropped = self._node("Sub", self._constant("1.0", np.float32(1)), kept)
        return self._node("Mul", dropped, self._constant("lowest", np.float32(np.finfo(np.float32).min)))

    def _layer(self, states: str, bias: str, at: str) -> str:
        shape = self._constant("heads", np.array([0, 0, HEADS, HIDDEN // HEADS]))
        flat = self._constant("flat", np.array([0, 0, HIDDEN]))
        parts = [
            self._node("Reshape", self._linear(states, f"{at}.attention.self.{part}"), shape)
            for part in ("query", "key", "value")
        ]
        query, value = (self._node("Transpose", parts[index], perm=[0, 2, 1, 3]) for index in (0, 2))
        key = self._node("Transpose", parts[1], perm=[0, 2, 3, 1])
        scale = self._constant("scale", np.float32((HIDDEN / HEADS) ** 0.5))
        scores = self._node("Div", self._node("MatMul", query, key), scale)
        weights = self._node("Softmax", self._node("Add", scores, bias), axis=-1)
        heard = self._node("Transpose", self._node("MatMul", weights, value), perm=[0, 2, 1, 3])
        mixed = self._linear(self._node("Reshape", heard, flat), f"{at}.attention.output.dense")
        states = self._norm(self._node("Add", mixed, states), f"{at}.attention.output.LayerNorm")
        wide = self._gelu(self._linear(states, f"{at}.intermediate.dense"))
        narrow = self._linear(wide, f"{at}.output.dense")
        return self._norm(self._node("Add", narrow, states), f"{at}.output.LayerNorm")

    def _linear(self, states: str, name: str) -> str:
        matrix = self._constant(f"{name}.matrix", self.weights[f"{name}.weight"].T)
        return self._node("Add", self._weight(f"{name}.bias"), self._node("MatMul", states, matrix))

    def _norm(self, states: str, name: str) -> str:
        centred = self._node("Sub", states, self._node("ReduceMean", states, axes=[-1]))
        squares = self._node("Pow", centred, self._constant("2.0", np.float32(2)))
        variance = self._node("ReduceMean", squares, axes=[-1])
        spread = self._node("Sqrt", self._node("Add", variance, self._constant("epsilon", np.float32(1e-12))))
        scaled = self._node("Mul", self._node("Div", centred, spread), self._weight(f"{name}.weight"))
        return self._node("Add", scaled, self._weight(f"{name}.bias"))

    def _gelu(self, states: str) -> str:
        curve = self._node("Erf", self._node("Div", states, self._constant("root two", np.float32(2**0.5))))
        raised = self._node("Add", curve, self._constant("1.0", np.float32(1)))
        return self._node("Mul", self._node("Mul", states, raised), self._constant("0.5", np.float32(0.5)))

    def _weight(self, name: str) -> str:
        return self._constant(name, self.weights[name])

    def _constant(self, name: str, value: object) -> str:
        self.constants[name] = numpy_helper.from_array(np.array(value), name)
        return name

    def _node(self, operator: str, *inputs: str, name: str = "", **attributes: object) -> str:
        output = name or f"{operator} {len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output
