"""Tables, where pandas is there."""

from __future__ import annotations

from typing import Any


def pandas_for(what: str) -> Any:
    """The module. It is no hard dependency."""
    try:
        import pandas
    except ImportError as error:
        raise ImportError(f"{what} needs pandas: run `pip install finite-width[notebook]`") from error
    return pandas
