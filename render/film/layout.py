"""What was found in the layout while scenes were drawn: a list, and a marked picture of each place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import LayoutError
from tapehead.analysis.store import Store
from tapehead.render.drawing.cues import CUES, MASTER, CueList
from tapehead.render.planning.film_plan import FilmPlan
from tapehead.render.progress import Reporter

FOLDER = "layout"
_TOLD, _PICTURES = 10, 40
_MARK = "#FF4FD8"


@dataclass(frozen=True)
class Place:
    """One thing that was found: where, when in seconds of the scene, and what, with the amount."""

    scene: str
    seconds: float
    kind: str
    what: str
    box: tuple[float, float, float, float] | None = None
    frame: int = 0

    def __str__(self) -> str:
        return f"{self.scene}, {self.seconds:.1f} s: {self.what}"

    def to_data(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return asdict(self)


def places_of(scene: str, fps: float, found: Sequence[dict[str, Any]]) -> list[Place]:
    """The findings of one scene, as the watch notes them."""
    return [
        Place(
            scene,
            each["frame"] / fps,
            each["kind"],
            each["what"],
            None if each["box"] is None else tuple(each["box"]),
            each["frame"],
        )
        for each in found
    ]


def places_in(plan: FilmPlan, store: Store) -> list[Place]:
    """All findings of the scenes of a film that are drawn."""
    found: list[Place] = []
    for scene in plan.scenes:
        path = store.place("master", scene.key) / CUES
        if path.is_file():
            noted = CueList.load(path).findings
            if scene.package:  # a card is there to be read
                noted = [each for each in noted if each["kind"] != "crowded"]
            found += places_of(scene.name, plan.quality.fps, noted)
    return found


def tell_layout(plan: FilmPlan, store: Store, folder: Path, reporter: Reporter, strict: bool = False) -> None:
    """Say what was found, with a marked picture of each place in ``folder/layout``.

    Raises:
        LayoutError: something was found, and ``strict`` is asked for.
    """
    places = places_in(plan, store)
    place = folder / FOLDER
    names = {scene.name for scene in plan.scenes}
    if place.is_dir():
        for old in place.glob("*.png"):
            if old.name.rpartition("-")[0] in names:
                old.unlink(missing_ok=True)
    if not places:
        return
    for each in places[:_TOLD]:
        reporter.warn(f"layout: {each}")
    if len(places) > _TOLD:
        reporter.warn(f"layout: and {len(places) - _TOLD} more; `tapehead check` lists all")
    # what reads drawings brings compiled loops along, which cost a film that is already there a third of its time
    from tapehead.render.drawing.master import MasterReader

    place.mkdir(parents=True, exist_ok=True)
    pictured = {(each.scene, each.frame) for each in places}
    for scene in plan.scenes:
        if not any(name == scene.name for name, _ in pictured):
            continue
        reader = MasterReader(store.place("master", scene.key) / MASTER)
        for name, frame in sorted(pictured)[:_PICTURES]:
            if name == scene.name:
                here = [each for each in places if (each.scene, each.frame) == (name, frame)]
                marked(reader.frame(frame), here).save(place / f"{name}-{frame:05d}.png")
    reporter.warn(f"layout: the places are marked in {place}")
    if strict:
        count = "one thing was" if len(places) == 1 else f"{len(places)} things were"
        raise LayoutError(f"{count} found in the layout, and --strict was asked for; they are marked in {place}")


def marked(picture: Any, places: Sequence[Place]) -> Any:
    """The picture, uint8 (height, width, 3), with a frame round each place, and under it what is wrong there."""
    from PIL import Image, ImageDraw, ImageFont

    height, width = picture.shape[:2]
    unit, strip = height / 8.0, 24
    image = Image.new("RGB", (width, height + strip * len(places)), "#303238")
    image.paste(Image.fromarray(picture), (0, 0))
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size=15)
    for number, each in enumerate(places):
        if each.box:
            left, bottom, right, top = each.box
            corners = [
                max(1.0, width / 2 + left * unit - 4),
                max(1.0, height / 2 - top * unit - 4),
                min(width - 2.0, width / 2 + right * unit + 4),
                min(height - 2.0, height / 2 - bottom * unit + 4),
            ]
            if corners[0] < corners[2] and corners[1] < corners[3]:
                pen.rectangle(corners, outline=_MARK, width=3)
        pen.text((6, height + strip * number + 3), str(each), fill="#F4F1E8", font=font)
    return image
