"""all-MiniLM-L6-v2 as an ONNX graph, written straight from its safetensors weights, its matrices in int8.

Every linear layer's weight is quantised once, symmetrically and per output channel; activations are quantised while
running (ONNX Runtime's DynamicQuantizeMatMul). Embeddings, attention scores and norms stay in float32.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

FLOAT = np.float32
Weights = Mapping[str, NDArray[np.float32]]

_MICROSOFT = "com.microsoft"  # ONNX Runtime's own operators: fused, and the only int8 ones with float output
_HEADS = 12
_EPSILON = 1e-12


def build_minilm_graph(weights: Weights) -> onnx.ModelProto:
    """The encoder: `input_ids`, `attention_mask` int32 (n, length) -> `hidden` float32 (n, length, 384)."""
    graph = _Graph(weights)
    hidden = graph.embeddings()
    layer = 0
    while f"encoder.layer.{layer}.output.dense.weight" in weights:
        hidden = graph.encoder_layer(f"encoder.layer.{layer}.", hidden)
        layer += 1
    graph.node("Identity", [hidden], output="hidden")
    return graph.model()


def quantize_per_channel(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Symmetric int8 with one scale per column: `weight ≈ quantized * scale`.

    The range is ±64, not ±127: on x86 without VNNI two products are summed in 16 saturating bits, and one bit of the
    weights is what keeps 2 · 255 · 64 below 32,768.
    """
    scale = np.maximum(np.abs(weight).max(axis=0), 1e-8) / 64
    return np.rint(weight / scale).astype(np.int8), scale.astype(FLOAT)


class _Graph:
    """Nodes and constants as they are added; every method returns the name of its output."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def node(
        self, operator: str, inputs: list[str], output: str = "", domain: str = "", **attributes: int | float
    ) -> str:
        name = output or f"{operator}_{len(self._nodes)}"
        node = helper.make_node(operator, inputs, [name], domain=domain)
        node.attribute.extend(helper.make_attribute(key, value) for key, value in attributes.items())
        self._nodes.append(node)
        return name

    def constant(self, value: NDArray[np.generic]) -> str:
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def embeddings(self) -> str:
        weights = self._weights
        # There is only ever one segment, so its embedding belongs to every position.
        positions = (
            weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        )
        words = self.node("Gather", [self.constant(weights["embeddings.word_embeddings.weight"]), "input_ids"])
        length = self.node("Shape", ["input_ids"], start=1, end=2)
        zero, one = self.constant(np.array([0])), self.constant(np.array([1]))
        here = self.node("Slice", [self.constant(positions), zero, length, zero, one])
        return self.layer_norm("embeddings.LayerNorm.", words, here)

    def encoder_layer(self, prefix: str, hidden: str) -> str:
        attended = self.attention(prefix + "attention.self.", hidden)
        attended = self.linear([prefix + "attention.output.dense"], attended)
        hidden = self.layer_norm(prefix + "attention.output.LayerNorm.", attended, hidden)
        inner = self.node("Gelu", [self.linear([prefix + "intermediate.dense"], hidden)], domain=_MICROSOFT)
        return self.layer_norm(prefix + "output.LayerNorm.", self.linear([prefix + "output.dense"], inner), hidden)

    def attention(self, prefix: str, hidden: str) -> str:
        together = self.linear([prefix + part for part in ("query", "key", "value")], hidden)
        parts = [f"{together}_{part}" for part in "qkv"]
        self._nodes.append(helper.make_node("Split", [together], parts, axis=2, num_outputs=3))
        return self.node("MultiHeadAttention", [*parts, "", "attention_mask"], domain=_MICROSOFT, num_heads=_HEADS)

    def linear(self, layers: list[str], hidden: str) -> str:
        """One matrix product for all the layers, which share their input and its quantisation."""
        weight = np.concatenate([self._weights[f"{layer}.weight"].T for layer in layers], axis=1)
        bias = np.concatenate([self._weights[f"{layer}.bias"] for layer in layers])
        quantized, scale = quantize_per_channel(weight)
        zero = np.zeros(quantized.shape[1], dtype=np.int8)
        constants = [self.constant(value) for value in (quantized, scale, zero, bias)]
        return self.node("DynamicQuantizeMatMul", [hidden, *constants], domain=_MICROSOFT)

    def layer_norm(self, prefix: str, hidden: str, residual: str) -> str:
        summed = self.node("Add", [hidden, residual])
        gain, shift = (self.constant(self._weights[prefix + part]) for part in ("weight", "bias"))
        return self.node("LayerNormalization", [summed, gain, shift], axis=-1, epsilon=_EPSILON)

    def model(self) -> onnx.ModelProto:
        shape = ["n", "length"]
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT32, shape) for name in ("input_ids", "attention_mask")
        ]
        output = helper.make_tensor_value_info("hidden", TensorProto.FLOAT, [*shape, "dimension"])
        graph = helper.make_graph(self._nodes, "minilm", inputs, [output], self._constants)
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(_MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)
