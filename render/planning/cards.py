"""Cards as scenes of a film: planned, keyed, drawn, encoded and counted as all others are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapehead.analysis.store import digest_file, digest_of
from tapehead.render.planning.sources import scene_sources
from tapehead.render.quality import Quality
from tapehead.scenes import stage
from tapehead.scenes.stage.context import StageContext

FOLDER = Path(stage.__file__).resolve().parent
PACKAGE, TARGET = stage.__name__, ".closing:Card"
SECONDS = 2.5


@dataclass(frozen=True)
class CardText:
    """What a card shows; ``logo`` is a file."""

    name: str
    title: str = ""
    line: str = ""
    logo: str = ""
    references: tuple[str, ...] = ()
    seconds: float = SECONDS

    def told(self) -> Mapping[str, str]:
        """For the context of its scene."""
        return {"title": self.title, "line": self.line, "logo": self.logo, "seconds": str(self.seconds)}


@dataclass(frozen=True)
class CardPlan:
    """A card's context, its key, and how many frames it has."""

    name: str
    context: StageContext
    key: str
    frames: int


def plan_card(card: CardText, episode: str, quality: Quality, seed: int, look: Mapping[str, Any]) -> CardPlan:
    """Plan a card in the film's own shape; its key holds the logo by its bytes, and ``look``."""
    context = StageContext(
        episode=episode,
        scene=card.name,
        title="",
        fps=quality.fps,
        seed=seed,
        references=card.references,
        card=card.told(),
    )
    key = digest_of(
        {
            "sources": scene_sources(FOLDER / "closing.py", FOLDER),
            "card": [card.name, card.title, card.line, card.seconds, *card.references],
            "logo": digest_file(Path(card.logo)) if card.logo else "",
            "size": [quality.width, quality.height, quality.fps],
            "seed": seed,
            **look,
        }
    )
    return CardPlan(card.name, context, key, max(1, round(card.seconds * quality.fps)))
