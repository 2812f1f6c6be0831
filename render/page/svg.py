"""Figures made smaller for a page: outlines to a hundredth of a point, which no screen and no printer shows.

A figure in its second look is the first one in other colours: it is told as those, and drawn in full only where it is
more than that.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote
from xml.etree import ElementTree

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_HREF = f"{{{_XLINK}}}href"
_LONG = re.compile(r"(-?\d+\.\d{2})(\d+)")
_AROUND_LETTER = re.compile(r" ?([A-Za-z]) ?")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_SHIFT = re.compile(r"translate\((\S+?)[ ,]+(\S+?)\)")
_TOKEN = re.compile(r"#[0-9a-fA-F]{6}\b|data:image/png;base64,[A-Za-z0-9+/=]*")
"""What differs between two looks of one figure: colours, and pictures that are made of colours."""
_PLAIN = " =:/;(),.'-+!?@$*[]|<>"
"""What stands in an address of data as it is; a number sign would end it, and a quotation mark the attribute."""

ElementTree.register_namespace("", _SVG)
ElementTree.register_namespace("xlink", _XLINK)


def slim(svg: bytes) -> bytes:
    """The same picture in fewer bytes.

    Shorter numbers, no comments and no notes about the file, no groups that group nothing; names are short, and only
    what is pointed at has one, so that the names of two looks of a figure are equal.
    """
    root = ElementTree.fromstring(svg)  # noqa: S314  drawn by matplotlib just before
    for parent in list(root.iter()):
        for child in [each for each in parent if each.tag == f"{{{_SVG}}}metadata"]:
            parent.remove(child)
    _name_anew(root)
    for one in root.iter():
        _shorten(one)
    while _ungroup(root):
        pass
    text = ElementTree.tostring(root, encoding="unicode")
    return re.sub(r">\s+<", "><", text).replace(" />", "/>").encode("utf-8")


def address(svg: bytes) -> str:
    """A picture as an address that holds it (RFC 2397), which stands in an attribute between ``"`` as it is."""
    text = " ".join(svg.decode("utf-8").split())
    if "'" not in text:
        text = text.replace('"', "'")  # they cost three letters each where they have to be written otherwise
    return f"data:image/svg+xml,{quote(text, safe=_PLAIN)}"


def recoloured(base: bytes, other: bytes) -> Mapping[str, str] | None:
    """By which colours ``other`` differs from ``base``; nothing if it differs by more than that.

    ``14161f`` is told by colour, ``@7`` is the seventh colour from 0 where it is an exception from that (two that are
    all but equal in one look), and ``png0`` is a picture inside, by its place.
    """
    one, two = base.decode("utf-8"), other.decode("utf-8")
    if _TOKEN.sub(_kind, one) != _TOKEN.sub(_kind, two):
        return None
    by_colour: dict[str, str] = {}
    by_place: dict[str, str] = {}
    colours, pictures = itertools.count(), itertools.count()
    for before, after in zip(_TOKEN.findall(one), _TOKEN.findall(two), strict=True):
        if before.startswith("#"):
            place, value = next(colours), after[1:].lower()
            if by_colour.setdefault(before[1:].lower(), value) != value:
                by_place[f"@{place}"] = value
        else:
            place = next(pictures)
            if before != after:
                by_place[f"png{place}"] = after
    return {key: value for key, value in by_colour.items() if key != value} | by_place


def _kind(token: re.Match[str]) -> str:
    return token[0][0]


def size_of(svg: bytes) -> tuple[str, str]:
    """Width and height in whole points, for the room that is kept until it is there; empty where none is told."""
    head = re.search(r"<svg[^>]*>", svg.decode("utf-8"))
    found = [re.search(rf' {name}="([\d.]+)', head[0]) if head else None for name in ("width", "height")]
    width, height = (str(round(float(each[1]))) if each else "" for each in found)
    return width, height


def _name_anew(root: ElementTree.Element) -> None:
    """Short names in the order in which they stand there, for what is pointed at alone."""
    wanted = set(_pointed_at(root))
    names: dict[str, str] = {}
    for one in root.iter():
        name = one.get("id")
        if name is None:
            continue
        if name in wanted:
            one.set("id", names.setdefault(name, f"i{len(names)}"))
        else:
            del one.attrib["id"]

    def renamed(found: re.Match[str]) -> str:
        return f"url(#{names.get(found[1], found[1])})"

    for one in root.iter():
        for key, value in one.attrib.items():
            if key in (_HREF, "href") and value.startswith("#"):
                one.set(key, f"#{names.get(value[1:], value[1:])}")
            elif "url(" in value:
                one.set(key, _REFERENCE.sub(renamed, value))


def _pointed_at(root: ElementTree.Element) -> Iterator[str]:
    for one in root.iter():
        for key, value in one.attrib.items():
            if key in (_HREF, "href") and value.startswith("#"):
                yield value[1:]
            else:
                yield from _REFERENCE.findall(value)


def _shorten(one: ElementTree.Element) -> None:
    """Numbers of what is drawn to a hundredth; a letter's place as a place, which is shorter than a shift."""
    if one.get(_HREF, "").startswith("data:"):
        one.set(_HREF, "".join(one.attrib[_HREF].split()))  # base64 in lines
    if "d" in one.attrib:
        one.set("d", _packed(one.attrib["d"]))
    if "style" in one.attrib:
        one.set("style", re.sub(r"\s*([:;])\s*", r"\1", one.attrib["style"]).strip(";"))
    if "transform" in one.attrib:
        one.set(
            "transform",
            _SHIFT.sub(lambda shift: f"translate({_short(shift[1])} {_short(shift[2])})", one.attrib["transform"]),
        )
    if one.tag == f"{{{_SVG}}}use":
        for key in ("x", "y"):
            if key in one.attrib:
                one.set(key, _short(one.attrib[key]))
        shift = _SHIFT.fullmatch(one.get("transform", ""))
        if shift and "x" not in one.attrib and "y" not in one.attrib:
            del one.attrib["transform"]
            one.attrib.update({key: value for key, value in zip("xy", shift.groups(), strict=True) if value != "0"})


def _ungroup(root: ElementTree.Element) -> bool:
    """Put what stands in groups without attributes where those stand; whether there was one."""
    found = False
    for parent in list(root.iter()):
        if not any(_is_bare(child) for child in parent):
            continue
        found = True
        inside: list[ElementTree.Element] = []
        for child in parent:
            inside += list(child) if _is_bare(child) else [child]
        parent[:] = inside
    return found


def _is_bare(one: ElementTree.Element) -> bool:
    """A group that says nothing of what is in it, or an element for definitions that has none."""
    if one.tag == f"{{{_SVG}}}defs":
        return len(one) == 0 and not one.attrib
    return one.tag == f"{{{_SVG}}}g" and not one.attrib and not (one.text or "").strip()


def _short(number: str) -> str:
    return _LONG.sub(_rounded, number)


def _packed(outline: str) -> str:
    """An outline without the spaces that its letters make needless; an exponent is no letter of an outline."""
    rounded = " ".join(_LONG.sub(_rounded, outline).split())
    if "e" in rounded.lower():
        return rounded
    return _AROUND_LETTER.sub(r"\1", rounded)


def _rounded(number: re.Match[str]) -> str:
    short = f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short
