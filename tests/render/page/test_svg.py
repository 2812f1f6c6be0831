"""A figure for a page is the same picture in fewer bytes."""

from __future__ import annotations

import io
import re
from urllib.parse import unquote
from xml.etree import ElementTree

from tapehead.render.page.svg import address, slim

SVG = "{http://www.w3.org/2000/svg}"


def figure() -> bytes:
    from matplotlib.figure import Figure

    canvas = Figure(figsize=(3, 2))
    axes = canvas.subplots()
    axes.plot([0, 1, 2], [100, 110, 101], label="a <b> & 100")
    axes.bar([0, 1], [3, 5], hatch="..")
    axes.legend()
    made = io.BytesIO()
    canvas.savefig(made, format="svg")
    return made.getvalue()


def outlines(svg: bytes) -> list[list[str]]:
    """Letters and numbers of every outline."""
    return [
        re.findall(r"[A-Za-z]|[^A-Za-z\s]+", one.get("d", "")) for one in ElementTree.fromstring(svg).iter(f"{SVG}path")
    ]


def others(svg: bytes) -> list[tuple[str, dict[str, str], str]]:
    """All else: elements, what they are told besides their outlines, and their words."""
    return [
        (one.tag, {name: value for name, value in one.attrib.items() if name != "d"}, (one.text or "").strip())
        for one in ElementTree.fromstring(svg).iter()
    ]


def test_outlines_are_the_same_to_a_hundredth_of_a_point_and_all_else_exactly() -> None:
    before = figure()
    after = slim(before)
    assert others(after) == others(before)
    for old, new in zip(outlines(before), outlines(after), strict=True):
        for was, is_now in zip(old, new, strict=True):
            assert was == is_now or abs(float(was) - float(is_now)) <= 0.005
    assert len(after) < 0.85 * len(before)


def test_numbers_that_are_short_stay_as_they_are() -> None:
    assert slim(b'<path id="a" d="M 1.25 3\nL -0.001 2"/>') == b'<path id="a" d="M1.25 3L-0 2"/>'


def test_an_address_holds_the_picture_and_nothing_that_ends_an_attribute() -> None:
    picture = slim(figure())
    told = address(picture)
    kind, _, inside = told.partition(",")
    assert kind == "data:image/svg+xml" and not set(told) & set('"<>&#\n%{}') - {"%"}
    again = unquote(inside).encode()
    assert others(again) == [(tag, dict(all_), " ".join(text.split())) for tag, all_, text in others(picture)]
    assert outlines(again) == outlines(picture)
    assert len(told) < 1.25 * len(picture), "base64 would be a third more"
