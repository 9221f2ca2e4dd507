"""What we write as ONNX is what the `onnx` package reads and what onnxruntime computes."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from onnxruntime import InferenceSession

from ingest.embedding import onnx_format


def written() -> bytes:
    table = np.arange(6, dtype=np.float32).reshape(2, 3)
    return onnx_format.model(
        [
            onnx_format.node("MatMul", ["x", "table"], ["product"], "", {}),
            onnx_format.node("LeakyRelu", ["product"], ["y"], "", {"alpha": 0.5}),
        ],
        [onnx_format.tensor("table", table)],
        [onnx_format.value("x", np.float32, ["rows", 2])],
        [onnx_format.value("y", np.float32, ["rows", 3])],
        {"": 20},
    )


def test_a_written_graph_is_valid_and_computes() -> None:
    onnx.checker.check_model(onnx.load_from_string(written()), full_check=True)
    rows = np.array([[1, 0], [0, -1]], dtype=np.float32)
    (result,) = InferenceSession(written()).run(None, {"x": rows})
    assert np.array_equal(result, np.array([[0, 1, 2], [-1.5, -2, -2.5]], dtype=np.float32))


@pytest.mark.parametrize("dtype", [np.float32, np.int8, np.int32, np.int64])
def test_a_constant_of_every_kind_comes_back_as_it_was(dtype: type) -> None:
    array = np.arange(-3, 3).reshape(3, 2).T.astype(dtype)
    tensor = onnx.TensorProto.FromString(onnx_format.tensor("name", array).SerializeToString())
    assert tensor.name == "name"
    assert np.array_equal(numpy_helper.to_array(tensor), array)
    assert numpy_helper.to_array(tensor).dtype == dtype


def test_an_attribute_keeps_its_kind_and_a_size_its_word() -> None:
    attributes = {"heads": 12, "epsilon": 0.5}
    message = onnx_format.node("Op", ["a", ""], ["b", "c"], "com.microsoft", attributes)
    node = onnx.NodeProto.FromString(message.SerializeToString())
    assert {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute} == attributes
    assert (list(node.input), list(node.output), node.domain) == (["a", ""], ["b", "c"], "com.microsoft")
    graph = onnx.load_from_string(written()).graph
    assert [size.dim_param or size.dim_value for size in graph.input[0].type.tensor_type.shape.dim] == [
        "rows",
        2,
    ]
