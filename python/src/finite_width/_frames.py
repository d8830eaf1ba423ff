"""Messages between Python and the core: a line of JSON, then arrays in .npy format
(src/service/frames.ts)."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import IO, Any, cast

import numpy as np

from .errors import InputError


def npy_parts(array: np.ndarray) -> list[memoryview | bytes]:
    """An array in .npy format: its header, and its entries without a copy where they lie in order."""
    array = np.ascontiguousarray(array)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, np.lib.format.header_data_from_array_1_0(array))
    if array.dtype.kind == "U":
        return [header.getvalue(), array.tobytes()]
    return [header.getvalue(), array.reshape(-1).view(np.uint8).data]


def array_of(buffer: np.ndarray) -> np.ndarray:
    """The array whose .npy bytes these are; shares their memory."""
    header = io.BytesIO(buffer[:4096].tobytes())
    np.lib.format.read_magic(header)
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(header)
    entries = buffer[header.tell() :]
    array = np.frombuffer(entries, dtype=dtype)
    return array.reshape(shape, order="F" if fortran else "C")


class Parameters:
    """Parameters of a request; arrays in them become ``{"array": k}``."""

    def __init__(self) -> None:
        self.arrays: list[np.ndarray] = []

    def plain(self, value: Any) -> Any:
        """The same without arrays, numbers of NumPy and numbers that JSON does not have."""
        if isinstance(value, np.ndarray):
            self.arrays.append(value)
            texts = {"texts": True} if value.dtype.kind == "U" else {}
            return {"array": len(self.arrays) - 1, **texts}
        if isinstance(value, Mapping):
            return {key: self.plain(entry) for key, entry in value.items() if entry is not None}
        if isinstance(value, (list, tuple)):
            return [self.plain(entry) for entry in value]
        if isinstance(value, np.generic):
            return value.item()
        return value


def frame_parts(content: Mapping[str, Any]) -> list[bytes | memoryview]:
    """The bytes of a message, in pieces."""
    parameters = Parameters()
    plain = parameters.plain(content)
    pieces = [npy_parts(array) for array in parameters.arrays]
    if pieces:
        plain["bytes"] = [sum(len(part) for part in parts) for parts in pieces]
    try:
        line = json.dumps(plain, allow_nan=False, separators=(",", ":"))
    except TypeError as error:
        raise InputError(f"an option is neither number, text nor list: {error}") from error
    except ValueError:
        # The core says which number is none, in its own words.
        line = json.dumps(_with_texts(plain), separators=(",", ":"))
    return [line.encode() + b"\n", *(part for parts in pieces for part in parts)]


def _with_texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_texts(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_with_texts(entry) for entry in value]
    if isinstance(value, float) and not np.isfinite(value):
        return str(value)
    return value


def _number(entry: dict[str, Any]) -> Any:
    if entry.keys() == {"number"}:
        return float(entry["number"].replace("Infinity", "inf"))
    return entry


def read_frame(stream: IO[bytes]) -> dict[str, Any] | None:
    """The next message, its arrays in place; None at the end of the stream."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    content = json.loads(line, object_hook=_number)
    arrays = []
    for size in content.pop("bytes", ()):
        buffer = np.empty(size, np.uint8)
        view = buffer.data
        while len(view) > 0:
            count = cast(io.BufferedIOBase, stream).readinto(view)
            if not count:
                return None
            view = view[count:]
        arrays.append(array_of(buffer))
    content["arrays"] = {name: arrays[place["array"]] for name, place in content.get("arrays", {}).items()}
    return content
