"""The problem: data, a network, and the noise on the targets."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from . import _process
from ._arrays import feature_names, numbers, shape_of, targets
from .activation import Activation, for_core, prepared
from .errors import InputError

PerLayer = float | Sequence[float]


class Problem:
    """Data and a Bayesian network: what theories are asked about.

    The network has hidden layers ``h_l = W_l phi(h_(l-1)) + b_l``; weights of layer l have variance
    ``weight_variance / N`` for N inputs of the layer, and the data are outputs with Gaussian noise.

    Parameters
    ----------
    X : array_like, shape (P, D)
        Inputs, a row for each sample: lists, arrays of any real type, a DataFrame of numbers.
    y : array_like, shape (P,) or (P, n)
        Targets. Texts are class labels: two classes become -1 and +1, C > 2 classes centred one-hot rows.
    hidden_layers : int
        L, the number of hidden layers; 2 by default.
    width : int or sequence of int
        N, one number or one for each hidden layer; 100 by default.
    activation : str, Activation or callable
        ``"erf"`` by default.
        A name (``"erf"``, ``"relu"``, ``"gelu"``, ...), a formula in x (``"tanh(x) + 0.1*x"``), or any
        function of one number, which is tabulated with checked accuracy (see `Activation`).
    layers : sequence of dict, optional
        Hidden layers one by one, as in problem files, in place of `hidden_layers`, `width` and `activation`:
        ``{"dense": 100, "activation": "erf"}``, ``{"convolution": {"patch": [3, 3], "width": 64},
        "activation": "relu"}``. An activation may be a function, as above. Inputs of convolutions are images, X of shape (P, height, width, channels) or
        (P, length, channels).
    readout : {"flatten", "average"}, optional
        What becomes of the positions of convolutions below the outputs.
    weight_variance, bias_variance : float or sequence of float
        One number, or one for each of the L + 1 layers, the input layer first and the readout last.
    feature_scale : float
        gamma: divides the weight variance of the readout. gamma = N is mean-field scaling.
    noise_variance : float, optional
        kappa, the variance of the noise on the targets; of standardised targets where they are standardised;
        0.1 by default. Logistic and softmax likelihoods have none.
    likelihood : {"gaussian", "logistic", "softmax"}
        What targets are, given outputs: numbers with Gaussian noise, the default; one of two classes, with
        p(y|f) = 1/(1 + exp(-yf)); one of several, an output each, with p(c|f) = exp(f_c)/sum(exp(f)).
        Theories ``"nngp"``, ``"linearResponse"`` and ``"sampled"`` treat all three.
    X_test, y_test : array_like, optional
        Test points, and their targets if they are known.
    labels : {"auto", "classes", "numbers"}, optional
        Whether numbers in one column are classes. By default they are numbers; ``"auto"`` takes few integers
        as classes.
    standardize : bool or {"inputs", "targets"}
        Whether inputs (each column) and targets get mean zero and variance one. Predictions are turned back.

    Raises
    ------
    ValueError
        With one line that names the culprit and what would be right.

    Examples
    --------
    >>> import finite_width as fw
    >>> problem = fw.Problem([[0.2, 1.1], [-0.7, 0.4], [1.3, -0.2]], [1, -1, 1], width=50)
    >>> fw.solve(problem, "nngp").cka.shape
    (3,)
    """

    def __init__(
        self,
        X: Any,
        y: Any,
        *,
        hidden_layers: int | None = None,
        width: int | Sequence[int] | None = None,
        activation: str | Activation | Any = None,
        weight_variance: PerLayer = 1.2,
        bias_variance: PerLayer = 0.0,
        feature_scale: float = 1.0,
        noise_variance: float | None = None,
        likelihood: Literal["gaussian", "logistic", "softmax"] = "gaussian",
        layers: Sequence[dict[str, Any]] | None = None,
        readout: Literal["flatten", "average"] | None = None,
        X_test: Any = None,
        y_test: Any = None,
        labels: Literal["auto", "classes", "numbers"] | None = None,
        standardize: bool | Literal["inputs", "targets"] = False,
        description: str | None = None,
    ) -> None:
        self.feature_names = feature_names(X)
        self.X = numbers(X, "X")
        self.y = targets(y, "Y")
        self.y_test = None if y_test is None else targets(y_test, "Y_test")
        activation = prepared(activation)
        if layers is not None:
            layers = _prepared_layers(layers)
        else:
            hidden_layers = 2 if hidden_layers is None else hidden_layers
            width = 100 if width is None else width
            activation = "erf" if activation is None else activation
        self.network: dict[str, Any] = {
            "hidden_layers": hidden_layers,
            "width": width,
            "activation": activation,
            "weight_variance": weight_variance,
            "bias_variance": bias_variance,
            "feature_scale": feature_scale,
            **({} if layers is None else {"layers": layers, "readout": readout}),
        }
        self.X_test = None if X_test is None else self.new_points(X_test)
        self.likelihood = likelihood
        #: kappa, None where the likelihood has no noise
        self.noise_variance = 0.1 if noise_variance is None and likelihood == "gaussian" else noise_variance
        self.labels = labels
        self.standardize = standardize
        self.description = description
        head = self._hold(_process.shared)
        #: names of classes, if targets stand for them
        self.classes: list[str] | None = head.get("classes")
        #: {"mean", "deviation"} of standardised targets
        self.target_scale: dict[str, Any] | None = head.get("targetScale")
        #: what is worth knowing of the problem, a sentence each
        self.warnings: list[str] = head["warnings"]
        self.outputs: int = head["outputs"]
        for text in self.warnings:
            warnings.warn(text, UserWarning, stacklevel=2)

    def new_points(self, X: Any) -> np.ndarray:
        """Inputs beside the training points; columns with names are those of X."""
        names = feature_names(X)
        if names and self.feature_names and len(names) == len(self.feature_names):
            for k, (name, known) in enumerate(zip(names, self.feature_names)):
                if name != known:
                    raise InputError(
                        f"X_test: column {k} is {name!r} where X has {known!r}; give the columns of X in their order"
                    )
        rows = numbers(X, "X_test")
        if self._has_images and rows.ndim > 2 and rows.shape[1:] != self.X.shape[1:]:
            raise InputError(
                f"X_test: shape {shape_of(rows)}, and images of X have {shape_of(self.X[0])}; "
                f"give an array of T×{shape_of(self.X[0])}"
            )
        if rows.ndim == 1 and self.X.ndim == 2 and self.X.shape[1] == len(rows) > 1:
            raise InputError(f"X_test: {len(rows)} numbers, one row of X; give rows, such as [X_test]")
        return rows

    @property
    def _has_images(self) -> bool:
        return "layers" in self.network and self.X.ndim > 2

    def rows(self, X: np.ndarray) -> np.ndarray:
        """Inputs as the core takes them: of images all pixels in a row."""
        return X.reshape(len(X), -1) if self._has_images and X.shape[1:] == self.X.shape[1:] else X

    def _request(self) -> dict[str, Any]:
        network = self.network
        parts = {"inputs": {"inputs": True}, "targets": {"targets": True}}
        standardize = self.standardize
        return {
            "data": {
                "x": self.rows(self.X),
                "y": self.y,
                "xTest": None if self.X_test is None else self.rows(self.X_test),
                "image": list(self.X.shape[1:]) if self._has_images else None,
                "yTest": self.y_test,
                "labels": self.labels,
                "standardize": parts.get(standardize, standardize)
                if isinstance(standardize, str)
                else standardize or None,
                "description": self.description,
            },
            "network": {
                "hiddenLayers": network["hidden_layers"],
                "width": _listed(network["width"]),
                "activation": for_core(network["activation"]),
                "weightVariance": _listed(network["weight_variance"]),
                "biasVariance": _listed(network["bias_variance"]),
                "featureScale": network["feature_scale"],
                "layers": _layers_for_core(network.get("layers")),
                "readout": network.get("readout"),
            },
            "noiseVariance": self.noise_variance,
            "likelihood": self.likelihood,
        }

    def _hold(self, core: _process.Core) -> dict[str, Any]:
        """Gives the problem to a core, which checks it."""
        head, _ = core.call("problem", self._request())
        held = _process.Held(
            core, self, lambda problem, there: there.call("problem", problem._request())[0]["handle"]
        )
        held.set(head["handle"])
        self._held: dict[int, _process.Held] = {**getattr(self, "_held", {}), id(core): held}
        return head

    def _handle(self, core: _process.Core) -> int:
        """By which a core knows the problem."""
        held = self._held.get(id(core))
        if held is None or held.core is not core:
            self._hold(core)
        return self._held[id(core)].handle()

    def replace(self, **changes: Any) -> Problem:
        """The same problem with other arguments: ``problem.replace(width=50)``."""
        # Layers one by one say what these say, and the other way round.
        own = ("hidden_layers", "width", "activation")
        left_out = own if changes.get("layers") is not None else ()
        arguments = {
            "X": self.X,
            "y": self.y,
            **{name: value for name, value in self.network.items() if name not in left_out},
            "noise_variance": self.noise_variance
            if changes.get("likelihood", self.likelihood) == self.likelihood
            else None,
            "likelihood": self.likelihood,
            "X_test": self.X_test,
            "y_test": self.y_test,
            "labels": self.labels,
            "standardize": self.standardize,
            "description": self.description,
            **changes,
        }
        with warnings.catch_warnings():
            # They were said of the first one; those of other data are new.
            if not {"X", "y"} & changes.keys():
                warnings.filterwarnings("ignore", message=".*", category=UserWarning, module=__name__)
            result = Problem(arguments.pop("X"), arguments.pop("y"), **arguments)
        result.feature_names = self.feature_names if "X" not in changes else result.feature_names
        return result

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "_held"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _held={})

    def __repr__(self) -> str:
        network = ", ".join(f"{key}={value!r}" for key, value in self.network.items() if value is not None)
        samples, dimension = self.X.shape[0], "x".join(map(str, self.X.shape[1:])) or 1
        noise = (
            f"noise_variance={self.noise_variance!r}"
            if self.likelihood == "gaussian"
            else f"likelihood={self.likelihood!r}"
        )
        return f"Problem({samples} data points of dimension {dimension}, {network}, {noise})"


def _prepared_layers(layers: Any) -> list[Any]:
    """Layers one by one, functions among their activations tabulated; the core looks at all else."""
    if isinstance(layers, (str, dict)) or not isinstance(layers, Sequence):
        raise InputError(f"layers: {layers!r}; give a list with a dict for each hidden layer")
    return [
        {**layer, "activation": prepared(layer["activation"])}
        if isinstance(layer, dict) and "activation" in layer
        else layer
        for layer in layers
    ]


def _layers_for_core(layers: list[Any] | None) -> list[Any] | None:
    if layers is None:
        return None
    return [
        {**layer, "activation": for_core(layer["activation"])}
        if isinstance(layer, dict) and "activation" in layer
        else layer
        for layer in layers
    ]


def _listed(value: Any) -> Any:
    """Numbers of any kind, one or several."""
    return (
        value.tolist()
        if isinstance(value, np.ndarray)
        else list(value)
        if isinstance(value, (tuple, range))
        else value
    )
