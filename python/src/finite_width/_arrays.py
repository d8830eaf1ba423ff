"""What users of Python have (lists, DataFrames, Series, arrays of any kind) as arrays that the core reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

import numpy as np

from .errors import InputError


def feature_names(X: Any) -> list[str] | None:
    """Names of the columns of a DataFrame; None for what has none."""
    columns = getattr(X, "columns", None)
    if columns is None or getattr(X, "ndim", 2) != 2:
        return None
    return [str(name) for name in columns]


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _first_text(X: Any, name: str) -> InputError:
    """An error that names the first entry that is no number."""
    entries = np.asarray(X, dtype=object)
    names = feature_names(X)
    rows = (
        entries.reshape(entries.shape[0], -1) if entries.ndim > 0 and entries.size else entries.reshape(1, -1)
    )
    for i, row in enumerate(rows):
        for j, entry in enumerate(row):
            try:
                float(entry) if not isinstance(entry, str) else _refuse()
            except (TypeError, ValueError):
                where = f"column {names[j]!r}, row {i}" if names else f"row {i}, column {j}"
                return InputError(
                    f"{name}: {_shown(entry)} in {where} is no number; "
                    "encode categories first, for example by pandas.get_dummies or OneHotEncoder"
                )
    return InputError(f"{name}: entries that are no real numbers; give numbers")


def _refuse() -> None:
    raise ValueError


def shape_of(array: np.ndarray) -> str:
    """As messages have it: 4×4×1."""
    return "×".join(map(str, array.shape))


def _check_whole(value: Any, name: str) -> None:
    """What is no array, or lacks entries that NumPy would make up. @throws InputError"""
    if value is None:
        raise InputError(f"{name}: None; give a list or an array with an entry for each data point")
    if isinstance(value, (Iterator, Mapping, Set)):
        raise InputError(f"{name}: a {type(value).__name__}; give a list or an array, such as list({name})")
    if np.ma.isMaskedArray(value) and np.ma.getmaskarray(value).any():
        masked = np.argwhere(np.ma.getmaskarray(value))
        place = "".join(f"[{index}]" for index in masked[0])
        more = f", as are {len(masked) - 1} more entries" if len(masked) > 1 else ""
        raise InputError(
            f"{name}{place}: is masked{more}; leave such data points out, or give values: {name}.filled(...)"
        )


def numbers(value: Any, name: str) -> np.ndarray:
    """Real numbers, in as many dimensions as they have.

    Raises
    ------
    InputError
        That names the first entry that is none.
    """
    if hasattr(value, "toarray"):
        raise InputError(f"{name}: a sparse matrix, and kernels are dense; give {name}.toarray()")
    _check_whole(value, name)
    array = _array(value, name)
    if array.ndim == 0:
        raise InputError(f"{name}: {_shown(value)}; give a list or an array with an entry for each data point")
    if array.dtype.kind in "US" or (array.dtype.kind == "O" and any(isinstance(e, str) for e in array.flat)):
        raise _first_text(value, name)
    if array.dtype.kind == "c":
        raise InputError(f"{name}: complex numbers; give real ones, such as {name}.real beside {name}.imag")
    if array.dtype.kind in "mM":
        raise InputError(f"{name}: dates or time spans; give numbers, such as days since the first")
    if array.dtype.kind == "O" or array.dtype.itemsize > 8:
        try:
            return np.asarray(array, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise _first_text(value, name) from error
    return array


def _array(value: Any, name: str) -> np.ndarray:
    try:
        return np.asarray(value)
    except ValueError as error:
        raise InputError(
            f"{name}: rows of different lengths; every data point needs as many numbers"
        ) from error


def targets(value: Any, name: str) -> np.ndarray:
    """Targets: numbers, or texts that are class labels. Truth values are labels.

    Raises
    ------
    InputError
        That names the first entry that is neither.
    """
    if hasattr(value, "dtype") and getattr(value.dtype, "name", "") == "category":
        value = np.asarray(value)
    _check_whole(value, name)
    array = _array(value, name)
    if array.ndim == 0:
        return numbers(value, name)
    if array.dtype.kind == "b":
        return array.astype("U5")
    if array.dtype.kind == "S":
        return array.astype(str)
    # NumPy makes texts of numbers beside texts: look at the entries as they came.
    entries = (
        np.asarray(value, dtype=object) if array.dtype.kind in "UO" or array.dtype.kind == "T" else array
    )
    if entries.dtype.kind != "O":
        return numbers(array, name)
    flat = list(entries.flat)
    texts = sum(isinstance(entry, str) for entry in flat)
    if texts == 0:
        return numbers(value, name)
    if texts < len(flat):
        k = next(k for k, entry in enumerate(flat) if not isinstance(entry, str))
        raise InputError(
            f"{name}[{k}]: {_shown(flat[k])} among texts; every data point needs a class, "
            "or every one a number"
        )
    return entries.astype(str)
