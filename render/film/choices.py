"""What the user may choose for a render, and what follows from it: folder, cards, and what stands round the stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tapehead.analysis.registry import ModelChoice
from tapehead.render.framing.rooms import WIDE, margins_of
from tapehead.render.planning.brand import Brand, BrandCard
from tapehead.render.planning.cards import CardText
from tapehead.render.planning.film_plan import Around
from tapehead.render.quality import Quality
from tapehead.render.words.dubbing import translation_in
from tapehead.render.words.translations import in_words_of
from tapehead.render.words.voice.choose import AUTO
from tapehead.render.workers.pool import Limits
from tapehead.scenes.episode import Episode
from tapehead.scenes.script import TimedLine


@dataclass(frozen=True)
class Choices:
    """What the user may choose for a render."""

    quality: Quality
    jobs: int = 0
    only: str = ""
    voice: str = AUTO
    tape: str = ""
    seed: int | None = None
    out: Path = Path("out")
    model: ModelChoice = field(default_factory=ModelChoice)
    allow_flashes: bool = False
    limits: Limits = field(default_factory=Limits)
    strict: bool = False
    """Whether anything that is found in the layout is an error."""
    bed: bool = True
    """Whether anything is heard below the voice."""
    burn: bool | None = None
    """Whether captions are part of the picture; ``None``: where its shape leaves room for them beside the stage."""
    burnt: str = ""
    """The language of these captions, where that is not the one that is spoken."""
    cut: str = ""
    """What a film of ``scenes`` is called; empty for the whole film or ``only`` one scene."""
    scenes: tuple[str, ...] = ()
    words: bool = False
    """Whether burned captions are large words, each marked as it is said."""
    end: str = ""
    """A line of a cut's end card."""
    brand: Brand | None = None
    """The channel's look and cards."""
    most_s: float = 0.0
    """Longest that the film may be; 0 for as long as it is."""
    title: str = ""
    """What stands over the stage where there is room; empty for the episode's title."""
    dub: str = ""
    """The language in which the film is spoken, where that is not the script's."""
    picture: Path | None = None
    """Where to keep a picture of what is being drawn; nobody's but a preview's."""
    on_picture: Callable[[str], None] = lambda _scene: None
    """Told which scene the picture shows for the first time."""
    on_tick: Callable[[], None] | None = None
    """Called all the time; it may raise to give up."""


def folder_for(episode: str, choices: Choices) -> Path:
    """Where a film lies: ``out/<episode>/<quality>``, below it in a folder by its language if it is dubbed.

    What was asked about its captions has a folder of its own, so that a film with them leaves the one without alone.

    Single scenes are in ``scenes/`` below that.
    """
    folder = choices.out / episode / choices.quality.name / choices.dub
    if choices.cut:
        return folder / choices.cut
    if burns(choices) != has_room(choices.quality) or (burns(choices) and choices.burnt):
        folder /= f"captions-{choices.burnt}".rstrip("-") if burns(choices) else "without-captions"
    return folder / "scenes" if choices.only else folder


def cards_of(episode: Episode, choices: Choices) -> dict[str, CardText]:
    """The cards that a film has before and after its scenes."""
    cards, brand = dict[str, CardText](), choices.brand or Brand()
    title = choices.title or episode.title
    if choices.cut:  # what it is a part of
        ending = brand.ending or BrandCard()
        credits_ = tuple(reference.credit for reference in episode.references)
        told = ending.title or title, choices.end or ending.line or brand.name, brand.logo, credits_, ending.seconds
        cards["ending"] = CardText("end-card", *told)
    elif choices.only:
        return {}
    else:
        for place, card in (("opening", brand.opening), ("ending", brand.ending)):
            if card is not None:
                own = title if place == "opening" else ""
                cards[place] = CardText(f"{place}-card", card.title or own, card.line, brand.logo, seconds=card.seconds)
    return cards


def has_room(quality: Quality) -> bool:
    """Whether a picture of this shape has room beside a stage of 16:9."""
    return margins_of(quality.width, quality.height) is not WIDE


def burns(choices: Choices) -> bool:
    """Whether captions are part of the picture."""
    return has_room(choices.quality) if choices.burn is None else choices.burn


def around_of(episode: Episode, choices: Choices, lines: Mapping[str, TimedLine]) -> Around:
    """What stands round the stage, as far as the film's shape has room for it.

    Raises:
        UnknownNameError: there are no captions in the language that was asked for.
    """
    burn = burns(choices)
    read: dict[str, TimedLine] | None = None
    if burn and choices.burnt and choices.burnt != (choices.dub or episode.script().language):
        translation = translation_in(episode, choices.burnt)
        read = {key: in_words_of(line, translation) for key, line in lines.items()}
    brand = choices.brand or Brand()
    captions = ("words" if choices.words else "lines") if burn else ""
    third = None if choices.cut or brand.third is None else brand.third
    return Around(choices.title or episode.title, captions, read, brand.pen, brand.look, third)
