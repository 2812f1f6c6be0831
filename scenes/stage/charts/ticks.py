"""Numbers at the ticks of an axis: places of a scale that was made from results, and that is what the record says."""

from __future__ import annotations

import re

from tapehead.scenes.stage.lettering import TINY, Lettering, Shown
from tapehead.scenes.stage.palette import SOFT

_POWER = re.compile(r"10\^([-\N{MINUS SIGN}]?\d+)")


class TickLabel(Lettering):
    """The number at a tick; ``text`` is one of a scale's, ``source`` the quantity whose axis it is."""

    def __init__(self, text: str, value: float, source: str, *, size: float = TINY, color: str = SOFT) -> None:
        shown = Shown([{"source": f"{source} (axis)", "value": float(value), "spec": "", "shown": text}])
        body = _POWER.sub(r"10#super[\1]", text)
        super().__init__(body, size=size, color=color, plain=text, shown=shown)
