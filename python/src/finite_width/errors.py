"""What can go wrong, as exceptions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

#: Characters of a line that is still read.
_MOST = 280


def snake_case(name: str) -> str:
    """maxIterations is max_iterations."""
    return re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name)


class InputError(ValueError):
    """Bad input, told in one line that names the culprit and what would be right.

    Attributes
    ----------
    keywords : dict of str
        Arguments of Python by the keys of problem files that the line names: the core says `weightVariance`,
        as files and the command line do. From Python 3.11 on a note under the line says so, too.
    """

    keywords: Mapping[str, str] = {}

    def __init__(self, message: str) -> None:
        super().__init__(message if len(message) <= _MOST else f"{message[: _MOST - 2]} …")


#: Keys of problem files whose names are others here.
_KEYS = (
    "hiddenLayers", "weightVariance", "biasVariance", "featureScale", "noiseVariance", "testSamples",
    "teacherWidth", "teacherActivation",
)  # fmt: skip


def _keys_of(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield key
            yield from _keys_of(part)


def with_keywords(error: Exception, parameters: Mapping[str, Any]) -> Exception:
    """An error of the core that says which arguments of Python its keys are: those of problem files, and of
    what it was asked."""
    keys = {*_KEYS, *_keys_of(parameters)}
    found = re.findall(r"\w+", str(error))
    keywords = {key: snake_case(key) for key in found if key in keys and snake_case(key) != key}
    if keywords and isinstance(error, (InputError, OutOfReachError)):
        error.keywords = keywords
        if hasattr(error, "add_note"):
            said = ", ".join(f"{key} is {keyword}" for key, keyword in keywords.items())
            error.add_note(f"In Python {said}.")
    return error


class OutOfMemoryError(InputError, MemoryError):
    """A computation that would not fit into memory, refused before anything is allocated."""


class OutOfReachError(ArithmeticError):
    """Equations that left the region in which they hold: kernel and noise are no covariance, or samples do
    not reach a measure."""

    keywords: Mapping[str, str] = {}


class CoreError(RuntimeError):
    """The core process ended, or did what it must not; the next call starts another one."""


class NodeNotFoundError(CoreError):
    """There is no Node that the core could run on."""
