"""Progress bars, where tqdm is there and somebody looks."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator

from ._process import Progress

#: Seconds after which a bar appears.
DELAY = 0.7


@contextlib.contextmanager
def bar(label: str, wanted: bool | None = None) -> Iterator[Progress | None]:
    """A bar for one computation; none if it is short, or tqdm is missing, or (unless wanted) nobody looks."""
    if wanted is False:
        yield None
        return
    try:
        with warnings.catch_warnings():
            # Without ipywidgets tqdm falls back to text, and says so.
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm
    except ImportError:
        yield None
        return
    shape = "{l_bar}{bar}| {elapsed}{postfix}"
    with tqdm(
        total=1.0, desc=label, leave=False, delay=DELAY, bar_format=shape, disable=False if wanted else None
    ) as line:

        def show(fraction: float, stage: str) -> None:
            line.set_postfix_str(stage, refresh=False)
            line.update(max(0.0, min(1.0, fraction) - line.n))

        yield show
