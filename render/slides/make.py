"""From an episode to its lecture: draw what is not drawn yet, cut, convert."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from tapehead.analysis.errors import OutputError, UnknownNameError, UsageError
from tapehead.analysis.store import Store, leasing
from tapehead.render.encoding.container import ENDING
from tapehead.render.film.make import Choices, prepare
from tapehead.render.film.owner import check_owner, mark_owner
from tapehead.render.planning.brand import Brand
from tapehead.render.progress import Reporter
from tapehead.render.slides.cards import CardWords, Heading, card_clip, ending_words, opening_words
from tapehead.render.slides.cut import STOPS, Slide, clip, cue_list, slides_of
from tapehead.render.slides.deck import FORMATS, convert, presentation, save
from tapehead.render.whole_files import copy_whole
from tapehead.render.workers.logs import remove_logs
from tapehead.render.workers.pool import default_jobs, run_scenes
from tapehead.scenes.episode import Episode


@dataclass(frozen=True)
class Lecture:
    """What was made."""

    path: Path
    deck: Path
    slides: tuple[Slide, ...]


@dataclass(frozen=True)
class Additions:
    """What a lecture has besides its film's pictures."""

    opening: bool = False
    """A card with the film's title before everything."""
    titles: bool = False
    numbers: bool = False
    """The scene's title, and the slide's number, in a band above each picture."""

    def heading(self, title: str, number: int, count: int) -> Heading | None:
        """The band of a slide, if there is one."""
        if not (self.titles or self.numbers):
            return None
        return Heading(title if self.titles else "", f"{number} / {count}" if self.numbers else "")


@leasing
def make_slides(
    episode: Episode,
    choices: Choices,
    store: Store,
    reporter: Reporter,
    kind: str,
    stops: str = "cues",
    additions: Additions = Additions(),
) -> Lecture:
    """Make the lecture in ``out/<episode>/slides``, that of one scene (``choices.only``) in ``slides-<scene>``.

    A brand gives the stage, the cards and the band its colours and font; its cards are slides, without a length.

    Raises:
        UnknownNameError: no such format, way to stop or scene.
        OutputError: the folder cannot be written.
    """
    for value, known, what in ((kind, FORMATS, "format of slides"), (stops, STOPS, "way to stop")):
        if value not in known:
            raise UnknownNameError(what, value, known)
    only = f"-{episode.scene(choices.only).name}" if choices.only else ""
    folder = choices.out / episode.slug / f"slides{only}"
    check_owner(episode, folder)
    brand = choices.brand or Brand()
    plan = prepare(episode, replace(choices, brand=brand.on_stage), store, reporter)
    if any(scene.framing for scene in plan.scenes):
        raise UsageError(f"slides show the stage alone, in a shape of its own; '{plan.quality.name}' is another shape")
    with reporter.stage("draw", sum(scene.expected_frames for scene in plan.scenes)) as track:
        run_scenes(
            plan,
            store.root,
            choices.jobs or default_jobs(),
            folder / "logs",
            lambda frames, note: track.to(sum(frames.values()), note),
            reporter.warn,
            choices.limits,
            encode=False,
        )
    masters = {}
    for scene in plan.scenes:
        entry = store.get("master", scene.key)
        assert entry is not None, "a scene that was just drawn is readable"
        masters[scene.name] = entry
    spoken = {key: line for scene in plan.scenes for key, line in scene.context.lines.items()}
    slides = slides_of(episode, [(scene.name, cue_list(masters[scene.name])) for scene in plan.scenes], stops, spoken)
    title = episode.scene(choices.only).title if only else episode.title
    clips: list[Path] = []

    def card(name: str, number: int, words: CardWords) -> Slide:
        kept = card_clip(words, name, episode, plan.quality, store, brand)
        clips.append(_named(kept, folder / "clips", f"{number:03d}-{name}{ENDING}"))
        return Slide(name, (), " ".join(each for each in (words.title, words.line) if each))

    before = (card("opening", 0, opening_words(episode, title, brand)),) if additions.opening else ()
    with reporter.stage("cut", len(slides)) as track:
        for number, slide in enumerate(slides):
            track.to(number, slide.name)
            heading = additions.heading(episode.scene(slide.pieces[-1].scene).title, number + 1, len(slides))
            parts = {piece.scene: masters[piece.scene] for piece in slide.pieces}
            kept = clip(slide, plan, parts, store, heading, brand)
            clips.append(_named(kept, folder / "clips", f"{number + 1:03d}-{slide.name}{ENDING}"))
    last = ending_words(brand)
    after = () if last is None or only else (card("ending", len(slides) + 1, last),)
    for old in (folder / "clips").glob(f"*{ENDING}"):
        if old not in clips:
            old.unlink()
    slides = (*before, *slides, *after)
    remove_logs(folder / "logs")
    size = (plan.quality.width, plan.quality.height)
    ground = brand.pen.ground
    deck = save(presentation(slides, clips, size, ground=ground), folder, episode.slug + only)
    path = folder / f"{episode.slug}{only}.{kind}"
    with reporter.stage("convert"):
        convert(presentation(slides, clips, size, kind == "html", ground), kind, path, title)
    mark_owner(episode, folder)
    return Lecture(path, deck, slides)


def _named(kept: Path, folder: Path, name: str) -> Path:
    """A clip under a name of its own: copies, since an entry of the store is nobody's to change."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        copy_whole(kept, folder / name)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror}; free some space, or choose --out") from error
    return folder / name
