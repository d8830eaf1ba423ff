"""One convolutional hidden layer at infinite width by deepbays 0.1.11 (CONV_1HL with order parameters Q = 1, or all ones for pooling).

    python -m venv venv && venv/bin/pip install deepbays==0.1.11 torch torchvision scipy
    venv/bin/python make_deepbays.py deepbays.json

Its patches do not overlap (stride = mask), and its priors are precisions: weights of variance 1/l0 and 1/l1. Predictions and the kernels
behind them, of the training points, of new with training points, and the variances of new points.
"""

import json
import sys

import numpy as np
import torch

# deepbays imports what its kernels for graphics processors need, which is not used here.
from unittest.mock import MagicMock

for name in ["cupy", "cupy.cuda", "cupyx", "cupyx.scipy", "cupyx.scipy.special", "cupyx.scipy.linalg"]:
    sys.modules.setdefault(name, MagicMock())

from deepbays.rkgp import CONV_1HL

SIDE, MASK, P, T = 6, 3, 5, 3
L0, L1, TEMPERATURE = 0.7, 1.3, 0.2

rng = np.random.default_rng(3)
x = rng.standard_normal((P + T, SIDE * SIDE))
y = rng.standard_normal(P)

cases = []
for act in ["erf", "relu"]:
    for pool in [False, True]:
        model = CONV_1HL(Nc=100, T=TEMPERATURE, mask=MASK, stride=MASK, l0=L0, l1=L1, act=act)
        model.preprocess(x[:P], torch.tensor(y))
        (model.setPooling if pool else model.setIW)()
        model.Y = y
        mean = np.asarray(model.predict(x[P:]))
        # Its variances of new points are repeated in every row.
        variance = model.rK0.diagonal() - (model.K0_invK @ model.rK0X.T).diagonal()
        cases.append(
            dict(
                activation=act,
                readout="average" if pool else "flatten",
                kernel=np.asarray(model.rK).ravel().tolist(),
                rows=np.asarray(model.rK0X).ravel().tolist(),
                mean=mean.ravel().tolist(),
                variance=np.asarray(variance).ravel().tolist(),
            )
        )

with open(sys.argv[1], "w") as file:
    result = dict(
        side=SIDE,
        mask=MASK,
        weightVariance=[1 / L0, 1 / L1],
        noiseVariance=TEMPERATURE,
        x=x[:P].tolist(),
        xTest=x[P:].tolist(),
        y=y.tolist(),
        cases=cases,
    )
    json.dump(result, file, indent=1)
