"""A channel's own look on the stage: colours by role, and a font for the words.

It is settled before the stage is imported, since scenes take their colours at import: the renderer starts a process for
a scene with the look in its environment (:data:`VARIABLE`).  Without one, the palette and the fonts are tapehead's own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

VARIABLE = "TAPEHEAD_LOOK"


@dataclass(frozen=True)
class Look:
    """``colours`` by role as ``#RRGGBB``; ``font`` is a family in the folders ``files``, ``digest`` what is in them."""

    colours: Mapping[str, str] = field(default_factory=dict)
    font: str = ""
    files: tuple[str, ...] = ()
    digest: str = ""

    def identity(self) -> dict[str, Any]:
        """Plain data for keys, without any place of this machine."""
        return {"colours": dict(sorted(self.colours.items())), "font": self.font, "fonts": self.digest}

    def to_json(self) -> str:
        """One JSON object; :meth:`from_environment` reads it back."""
        return json.dumps({**self.identity(), "files": list(self.files)})

    @classmethod
    def from_environment(cls) -> Look:
        """The look of this process."""
        text = os.environ.get(VARIABLE, "")
        if not text:
            return cls()
        data = json.loads(text)
        return cls(data["colours"], data["font"], tuple(data["files"]), data["fonts"])


LOOK = Look.from_environment()
