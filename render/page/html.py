"""HTML in which nothing can be forgotten to be escaped: a tag's children are text unless they were made here."""

from __future__ import annotations

import html
from collections.abc import Iterable

_VOID = {"br", "img", "input", "link", "meta", "source", "track"}


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = str | Iterable["Child"] | None


def text(child: Child) -> str:
    """Children as HTML: what is no :class:`Html` is escaped, lists are joined, nothing is nothing."""
    if child is None:
        return ""
    if isinstance(child, Html):
        return str(child)
    if isinstance(child, str):
        return html.escape(child)
    return "".join(text(each) for each in child)


def tag(name: str, /, *children: Child, **attributes: str | bool | None) -> Html:
    """``tag("p", "a < b", class_="x")``; ``True`` is an attribute without value, ``None`` and ``False`` none."""
    made = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        called = key.rstrip("_").replace("_", "-")
        made.append(called if value is True else f'{called}="{html.escape(str(value), quote=True)}"')
    if name in _VOID:
        return Html(f"<{' '.join(made)}>")
    return Html(f"<{' '.join(made)}>{text(children)}</{name}>")


def join(*children: Child) -> Html:
    """Children one after another."""
    return Html(text(children))
