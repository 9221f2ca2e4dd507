"""ONNX files written with protobuf alone: the part of onnx.proto (IR version 10) that the encoder's graph needs.

The package `onnx` would do the same and takes 33 MB; protobuf is there already, as onnxruntime needs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

# each message's fields as onnx.proto numbers them: name, number, type; * before a type that is repeated
_MESSAGES = {
    "Model": "ir_version 1 int64, graph 7 Graph, opset_import 8 *OperatorSetId",
    "OperatorSetId": "domain 1 string, version 2 int64",
    "Graph": "node 1 *Node, name 2 string, initializer 5 *Tensor, input 11 *ValueInfo, output 12 *ValueInfo",
    "Node": "input 1 *string, output 2 *string, op_type 4 string, attribute 5 *Attribute, domain 7 string",
    "Attribute": "name 1 string, f 2 float, i 3 int64, type 20 int32",
    "Tensor": "dims 1 *int64, data_type 2 int32, name 8 string, raw_data 9 bytes",
    "ValueInfo": "name 1 string, type 2 Type",
    "Type": "tensor_type 1 TensorType",
    "TensorType": "elem_type 1 int32, shape 2 Shape",
    "Shape": "dim 1 *Dimension",
    "Dimension": "dim_value 1 int64, dim_param 2 string",
}
_ATTRIBUTE_FLOAT, _ATTRIBUTE_INT = 1, 2
_DATA_TYPES = {np.dtype(np.float32): 1, np.dtype(np.int8): 3, np.dtype(np.int32): 6, np.dtype(np.int64): 7}
_IR_VERSION = 10

Message = Any
"""A message of a class that is made at run time, of which no type checker can know the fields."""


def _message_classes() -> dict[str, Any]:
    file = FileDescriptorProto(name="byline/onnx.proto", package="onnx")
    for name, described in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field in described.split(", "):
            label, number, kind = field.split()
            added = message.field.add(name=label, number=int(number))
            repeated = kind.startswith("*")
            added.label = getattr(FieldDescriptorProto, "LABEL_REPEATED" if repeated else "LABEL_OPTIONAL")
            if (kind := kind.removeprefix("*")) in _MESSAGES:
                added.type, added.type_name = FieldDescriptorProto.TYPE_MESSAGE, f".onnx.{kind}"
            else:
                added.type = getattr(FieldDescriptorProto, f"TYPE_{kind.upper()}")
    pool = DescriptorPool()
    pool.Add(file)
    return {name: GetMessageClass(pool.FindMessageTypeByName(f"onnx.{name}")) for name in _MESSAGES}


_CLASSES = _message_classes()


def node(
    operator: str, inputs: Sequence[str], outputs: Sequence[str], domain: str, attributes: Mapping[str, float]
) -> Message:
    """One operation; an attribute is written as the int or the float that it is."""
    written = [
        _CLASSES["Attribute"](name=name, i=value, type=_ATTRIBUTE_INT)
        if isinstance(value, int)
        else _CLASSES["Attribute"](name=name, f=value, type=_ATTRIBUTE_FLOAT)
        for name, value in attributes.items()
    ]
    return _CLASSES["Node"](op_type=operator, input=inputs, output=outputs, domain=domain, attribute=written)


def tensor(name: str, array: npt.NDArray[np.generic]) -> Message:
    """A constant: float32, int8, int32 or int64, stored as little-endian bytes."""
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return _CLASSES["Tensor"](
        name=name, dims=array.shape, data_type=_DATA_TYPES[array.dtype], raw_data=little.tobytes()
    )


def value(name: str, dtype: npt.DTypeLike, shape: Iterable[str | int]) -> Message:
    """What goes in or comes out of a graph; a word in `shape` is a size that may differ from run to run."""
    dimension = _CLASSES["Dimension"]
    sizes = [
        dimension(dim_param=size) if isinstance(size, str) else dimension(dim_value=size) for size in shape
    ]
    kind = _CLASSES["TensorType"](elem_type=_DATA_TYPES[np.dtype(dtype)], shape=_CLASSES["Shape"](dim=sizes))
    return _CLASSES["ValueInfo"](name=name, type=_CLASSES["Type"](tensor_type=kind))


def model(
    nodes: Iterable[Message],
    constants: Iterable[Message],
    inputs: Iterable[Message],
    outputs: Iterable[Message],
    operator_sets: Mapping[str, int],
) -> bytes:
    """A whole file, each of `operator_sets` a domain's version."""
    graph = _CLASSES["Graph"](name="graph", node=nodes, initializer=constants, input=inputs, output=outputs)
    sets = [
        _CLASSES["OperatorSetId"](domain=domain, version=version) for domain, version in operator_sets.items()
    ]
    written: bytes = _CLASSES["Model"](
        ir_version=_IR_VERSION, graph=graph, opset_import=sets
    ).SerializeToString(deterministic=True)
    return written
