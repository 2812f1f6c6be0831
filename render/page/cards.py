"""The card of a number: what it is, in what unit, how it was computed, on how many, beside which control."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tapehead.analysis.results import Origin as Kind
from tapehead.render.page.declared import Control
from tapehead.render.page.html import Html, join, tag
from tapehead.render.page.sources import Load, Origin, Place, compared, place_of

_KINDS = {
    Kind.COMPUTED: "computed",
    Kind.PUBLISHED: "published by others",
    Kind.ILLUSTRATION: "an illustration: nothing was measured",
}


def number(value: float) -> str:
    """A number as a reader sees it: six digits, a real minus, large whole numbers in groups."""
    if float(value).is_integer() and abs(value) < 10**15:
        return f"{int(value):,}".replace(",", "\u202f").replace("-", "−")
    text = f"{value:.6g}"
    if "e" in text:
        mantissa, _, power = text.partition("e")
        text = f"{mantissa} · 10^{int(power)}"
    return text.replace("-", "−")


def with_unit(value: float, unit: str) -> str:
    """A number and its unit; a number without one stands alone."""
    return number(value) + ("" if unit in ("1", "") else f"{'' if unit == '°' else ' '}{unit}")


@dataclass(frozen=True)
class Card:
    """All that is told of one number."""

    place: Place
    origin: Origin
    n: str
    control: str

    @property
    def rows(self) -> list[tuple[str, Html | str]]:
        """Name and content, in the order in which a reader asks."""
        facts, own = self.origin.facts, self.origin.own
        kind = _KINDS[own.origin] + (f", model {own.model}" if own.model else "")
        rows: list[tuple[str, Html | str]] = [("what", tag("code", self.place.name))]
        if self.origin.code.sentence:
            rows.append(("how", self.origin.code.sentence))
        rows.append(("n", self.n or "not told by this result"))
        rows.append(("control", self.control or "none is declared for this number"))
        rows.append(("origin", kind))
        if own.citation:
            rows.append(("cites", own.citation))
        rows += [
            ("code", tag("code", self.origin.code.function)),
            ("run", f"{facts['analysis']}, version {facts['version']}, seed {facts['seed']}"),
            ("digest", tag("code", self.origin.digest[:16], title=self.origin.digest)),
        ]
        return rows


class Cards:
    """The cards of a page, one for each place that a number was read from, whoever asks for it."""

    def __init__(self, origins: Mapping[str, Origin], controls: Mapping[str, Control], load: Load) -> None:
        self.origins, self.controls, self.load = origins, controls, load
        self._ids: dict[str, str] = {}

    def card(self, place: Place) -> Card:
        """What is told of a number.

        Raises:
            EpisodeError: a control that is declared names no number.
        """
        origin = self.origins[place.result]
        n, control = compared(origin, place.array)
        declared = self.controls.get(f"{place.result}/{place.array}")
        if declared is not None:
            control = declared.text or control
            if declared.number:
                other = place_of(declared.number, self.load)
                control = f"{control}: {with_unit(other.value, other.unit)}".removeprefix(": ")
            if declared.n:
                many = place_of(declared.n, self.load)
                n = with_unit(many.value, many.unit)
        return Card(place, origin, n.removeprefix("n = "), control)

    def id_of(self, place: Place) -> str:
        """The name of a place's card on the page."""
        return self._ids.setdefault(place.source, f"card-{len(self._ids) + 1}")

    def button(self, place: Place, said: Html) -> Html:
        """Words that open a card."""
        return tag("button", said, type="button", class_="num", popovertarget=self.id_of(place), aria_haspopup="dialog")

    def drawn(self, place: Place) -> Html:
        """A card as it opens over the page."""
        card, name = self.card(place), self.id_of(place)
        head = tag("p", with_unit(place.value, place.unit), class_="value", id=f"{name}-value")
        rows = [join(tag("dt", key), tag("dd", content)) for key, content in card.rows]
        more = tag("a", "everything of this result", href=f"#result-{place.result}")
        close = tag(
            "button", "×", type="button", class_="close", popovertarget=name, popovertargetaction="hide",
            aria_label="Close",
        )  # fmt: skip
        return tag(
            "div", close, head, tag("dl", rows), tag("p", more, class_="more"),
            id=name, class_="card", popover=True, role="dialog", aria_labelledby=f"{name}-value",
        )  # fmt: skip

    def table(self, rows: list[tuple[str, Place]]) -> Html:
        """The same numbers as a table, which can be printed."""
        body = []
        for said, place in rows:
            card = self.card(place)
            cells = [said, with_unit(place.value, place.unit), tag("code", place.name), card.n, card.control]
            cells.append(tag("a", card.origin.digest[:8], href=f"#result-{place.result}"))
            body.append(tag("tr", [tag("td", cell) for cell in cells]))
        names = ("said", "value", "read from", "n", "control", "result")
        head = tag("tr", [tag("th", name, scope="col") for name in names])
        return tag("div", tag("table", tag("thead", head), tag("tbody", body)), class_="scroll", tabindex="0")
