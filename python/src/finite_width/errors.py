"""What can go wrong, as exceptions."""

import re

#: Characters of a line that is still read.
_MOST = 280


def snake_case(name: str) -> str:
    """maxIterations is max_iterations."""
    return re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name)


class InputError(ValueError):
    """Bad input, told in one line that names the culprit and what would be right."""

    def __init__(self, message: str) -> None:
        super().__init__(message if len(message) <= _MOST else f"{message[: _MOST - 2]} …")


class OutOfMemoryError(InputError, MemoryError):
    """A computation that would not fit into memory, refused before anything is allocated."""


class OutOfReachError(ArithmeticError):
    """Equations that left the region in which they hold: kernel and noise are no covariance, or samples do
    not reach a measure."""


class CoreError(RuntimeError):
    """The core process ended, or did what it must not; the next call starts another one."""


class NodeNotFoundError(CoreError):
    """There is no Node that the core could run on."""
