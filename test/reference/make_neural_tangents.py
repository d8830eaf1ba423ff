"""Kernels of infinite width by neural-tangents: convolutions, readouts and residual blocks.

python -m venv venv && venv/bin/pip install neural-tangents==0.6.5 "jax<0.4.36" "jaxlib<0.4.36" numpy
venv/bin/python test/reference/make_neural_tangents.py    writes test/reference/neural_tangents.json

Our Erf(h) is neural-tangents' Erf, our kernels of layer l are those after `Dense` or `Conv` with W_std = sqrt(weightVariance), b_std = sqrt(biasVariance).
"""

import json
import os

os.environ["JAX_ENABLE_X64"] = "1"
import jax

jax.config.update("jax_enable_x64", True)
import numpy as np
from neural_tangents import stax

W, B = 1.7, 0.1
ACTIVATIONS = {"relu": stax.Relu, "erf": stax.Erf}


def conv(patch, stride, padding):
    mode = {"zero": "SAME", "circular": "CIRCULAR"}[padding]
    return stax.Conv(1, tuple(patch), tuple(stride), mode, W_std=np.sqrt(W), b_std=np.sqrt(B))


def dense():
    return stax.Dense(1, W_std=np.sqrt(W), b_std=np.sqrt(B))


def build(layers, readout):
    parts = []
    convolved = False
    for layer in layers:
        before = []
        if "convolution" in layer:
            c = layer["convolution"]
            before.append(conv(c["patch"], c["stride"], c["padding"]))
            convolved = True
        else:
            if convolved:
                before.append(stax.Flatten() if readout == "flatten" else stax.GlobalAvgPool())
            convolved = False
            before.append(dense())
        if layer.get("skip"):
            # h of this layer = h of the layer below + W phi(h below)
            activation = parts.pop()
            parts.append(
                stax.serial(stax.FanOut(2), stax.parallel(stax.serial(activation, *before), stax.Identity()), stax.FanInSum())
            )
        else:
            parts += before
        parts.append(ACTIVATIONS[layer["activation"]]())
    if convolved:
        parts.append(stax.Flatten() if readout == "flatten" else stax.GlobalAvgPool())
    parts.append(dense())
    return stax.serial(*parts)[2]


def c(patch, stride, padding, activation, **more):
    return {"convolution": {"patch": patch, "stride": stride, "padding": padding, "width": 10}, "activation": activation, **more}


def d(activation, **more):
    return {"dense": 10, "activation": activation, **more}


CASES = {
    "zero, flatten": ([6, 5, 2], [c([3, 3], [1, 1], "zero", "relu"), c([3, 3], [1, 1], "zero", "relu")], "flatten"),
    "circular, average": ([6, 5, 2], [c([3, 3], [1, 1], "circular", "erf"), c([3, 3], [1, 1], "circular", "erf")], "average"),
    "zero, strides, even patches": ([7, 6, 1], [c([4, 3], [2, 3], "zero", "relu"), c([2, 2], [1, 2], "zero", "erf")], "flatten"),
    "circular, strides": ([7, 6, 1], [c([3, 4], [2, 1], "circular", "erf"), c([3, 3], [2, 2], "circular", "relu")], "average"),
    "one axis": ([9, 3], [c([3], [2], "zero", "erf"), c([5], [1], "circular", "relu")], "flatten"),
    "dense above flattened": ([6, 5, 2], [c([3, 3], [2, 2], "zero", "relu"), d("erf"), d("relu")], "flatten"),
    "dense above averaged": ([6, 5, 2], [c([3, 3], [2, 2], "zero", "relu"), d("erf")], "average"),
    "dense, activations": ([12], [d("relu"), d("erf")], "flatten"),
    "residual dense": ([12], [d("relu"), d("relu", skip=1), d("erf", skip=1)], "flatten"),
    "residual convolutions": (
        [6, 5, 2],
        [c([3, 3], [1, 1], "zero", "relu"), c([3, 3], [1, 1], "zero", "relu", skip=1), c([3, 3], [1, 1], "circular", "erf", skip=1)],
        "average",
    ),
}

P = 4
result = {"weightVariance": W, "biasVariance": B, "cases": {}}
for name, (shape, layers, readout) in CASES.items():
    x = np.random.default_rng(len(name)).normal(size=(P, *shape))
    kernel = np.array(build(layers, readout)(x, None, "nngp"))
    result["cases"][name] = {"shape": shape, "layers": layers, "readout": readout, "x": x.reshape(P, -1).tolist(), "output": kernel.tolist()}
    print(name, kernel[0, :2])
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "neural_tangents.json"), "w") as file:
    json.dump(result, file)
    file.write("\n")
