"""A figure for a page is the same picture in fewer bytes; in its other look it is told by its colours."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from tapehead.render.page.svg import address, recoloured, size_of, slim

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"


def figure(ground: str = "#ffffff", ink: str = "#14161f", mark: str = "o") -> bytes:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": "tests", "svg.fonttype": "path", "axes.facecolor": ground}):
        canvas = Figure(figsize=(3, 2), facecolor=ground)
        axes = canvas.subplots()
        axes.plot([0, 1, 2], [100, 110, 101], mark, label="a <b> & 100", color=ink)
        axes.bar([0, 1], [3, 5], hatch="..", color=ink)
        axes.imshow([[0.0, 1.0], [1.0, 0.0]], extent=(0, 1, 50, 60), cmap="Greys")
        axes.legend()
        made = io.BytesIO()
        canvas.savefig(made, format="svg")
    return made.getvalue()


def drawn(svg: bytes) -> list[tuple[str, str, str]]:
    """What is seen, in the order in which it is painted: kind, what it points at or its outline, where and how.

    Groups give what they say to what is in them; names are replaced by what bears them.
    """
    root = ElementTree.fromstring(svg)
    named = {one.get("id"): one for one in root.iter() if one.get("id")}
    found: list[tuple[str, str, str]] = []

    def meant(value: str) -> str:
        return re.sub(r"url\(#([^)]+)\)", lambda name: outline(named[name[1]]), value)

    def outline(one: ElementTree.Element) -> str:
        return " ".join([one.tag, numbers(one.get("d", "")), *(outline(each) for each in one)])

    def numbers(text: str) -> str:
        return " ".join(re.findall(r"[A-Za-z]|-?[\d.]+(?:e-?\d+)?", text))

    def walk(one: ElementTree.Element, said: tuple[str, ...]) -> None:
        where = [one.get("transform", "")]
        if one.tag == f"{SVG}use" and where == [""]:
            where = [f"translate({one.get('x', '0')} {one.get('y', '0')})"]
        own = [*where, *(one.get(key, "") for key in ("style", "clip-path", "width", "height"))]
        said = (*said, *(meant(each) for each in own if each))
        if one.tag in (f"{SVG}defs", f"{SVG}metadata"):
            return
        if one.tag == f"{SVG}use":
            found.append((one.tag, outline(named[one.get(HREF, "")[1:]]), " ".join(said)))
        elif one.tag not in (f"{SVG}g", f"{SVG}svg"):
            found.append((one.tag, numbers(one.get("d", "")) or one.get(HREF, ""), " ".join(said)))
        for each in one:
            walk(each, said)

    walk(root, ())
    return found


def alike(one: str, two: str) -> bool:
    """Whether two texts are equal, their numbers to a hundredth of a point."""
    cut = re.compile(r"(-?\d+(?:\.\d+)?(?:e-?\d+)?)")
    ours, theirs = ([re.sub(r"[\s;,]+", " ", each).strip() for each in cut.split(text)] for text in (one, two))
    return len(ours) == len(theirs) and all(
        a == b or (k % 2 == 1 and abs(float(a) - float(b)) <= 0.0051)
        for k, (a, b) in enumerate(zip(ours, theirs, strict=True))
    )


def test_what_is_seen_is_the_same_to_a_hundredth_of_a_point() -> None:
    before = figure()
    after = slim(before)
    ours, theirs = drawn(before), drawn(after)
    assert len(ours) > 40
    for was, now in zip(ours, theirs, strict=True):
        assert was[0] == now[0]
        for old, new in zip(was[1:], now[1:], strict=True):
            assert alike(re.sub(r"([:;])\s+", r"\1", old), new), (old, new)
    assert len(after) < 0.72 * len(before)
    assert b"metadata" not in after and b"<!--" not in after
    ids = re.findall(rb' id="([^"]+)"', after)
    assert ids and all(re.search(rb"#" + each + rb"\b", after) for each in ids), "only what is pointed at has a name"


def test_numbers_that_are_short_stay_as_they_are() -> None:
    picture = b'<svg xmlns="http://www.w3.org/2000/svg"><g id="n"><path id="a" d="M 1.25 3\nL -0.001 2"/></g></svg>'
    assert slim(picture) == b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M1.25 3L0 2"/></svg>'


def test_an_address_holds_the_picture_and_nothing_that_ends_an_attribute() -> None:
    picture = slim(figure())
    told = address(picture)
    kind, _, inside = told.partition(",")
    assert kind == "data:image/svg+xml" and not set(told) & set('"&#\n%{}') - {"%"}
    again = unquote(inside).encode()
    assert drawn(again) == drawn(picture)
    assert len(told) < 1.05 * len(picture), "base64 would be a third more"
    found: list[str | None] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append(dict(attrs)["src"])

    Reader().feed(f'<img src="{told}">')
    assert found == [told]


def test_another_look_is_told_by_its_colours() -> None:
    light, dark = slim(figure()), slim(figure("#0a0b10", "#f4f1e8"))
    colours = recoloured(light, dark)
    assert colours is not None and colours["14161f"] == "f4f1e8" and colours["ffffff"] == "0a0b10"
    told = re.sub("#([0-9a-f]{6})", lambda found: "#" + colours.get(found[1], found[1]), light.decode())
    assert told.encode() == dark
    assert recoloured(light, light) == {}


def test_a_look_that_differs_by_more_than_colours_is_no_list_of_colours() -> None:
    assert recoloured(slim(figure()), slim(figure(mark="s"))) is None


def test_one_colour_that_becomes_two_is_told_by_its_place() -> None:
    three = b'<svg><path style="fill:#%s"/><path style="fill:#%s"/><path style="fill:#%s"/></svg>'
    base = three % (b"111111", b"111111", b"333333")
    assert recoloured(base, three % (b"111111", b"222222", b"333333")) == {"@1": "222222"}
    assert recoloured(base, three % (b"444444", b"222222", b"333333")) == {"111111": "444444", "@1": "222222"}


@pytest.mark.parametrize("inside", ["AAAA", "BBB="])
def test_a_picture_inside_a_figure_is_told_by_its_place(inside: str) -> None:
    figure_of = '<svg><image href="data:image/png;base64,AAAA"/><image href="data:image/png;base64,{}"/></svg>'
    base, other = (figure_of.format(each).encode() for each in ("CCCC", inside))
    assert recoloured(base, other) == {"png1": f"data:image/png;base64,{inside}"}


def test_the_room_of_a_picture_is_known_before_it_is_there() -> None:
    assert size_of(slim(figure())) == ("216", "144")
    assert size_of(b"<svg viewBox='0 0 1 1'/>") == ("", "")
