"""Reading the API's answers: a field that is missing or of another kind is a strange answer, no error of Python's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tapehead.analysis.outside_files import shown
from tapehead.render.publish.failures import StrangeAnswerError

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


def is_id(value: Any) -> bool:
    """Whether a value reads like the id of a video, a track or a list; it goes into addresses and receipts."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def id_of(answer: Any) -> str:
    """The ``id`` of what was made or found.

    Raises:
        StrangeAnswerError: there is none, or it does not read like one.
    """
    found = field(answer, "id")
    if not is_id(found):
        raise StrangeAnswerError(f"YouTube's answer has no id but {shown(found)}")
    return str(found)


def field(answer: Any, *names: str) -> Any:
    """What stands at the end of these names; ``None`` where any of them leads nowhere."""
    for name in names:
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer


def text(answer: Any, *names: str) -> str:
    """As :func:`field`, if it is text; empty otherwise."""
    found = field(answer, *names)
    return found if isinstance(found, str) else ""


def items(answer: Any) -> list[dict[str, Any]]:
    """The ``items`` of a list; none is an empty list.

    Raises:
        StrangeAnswerError: they are no list of tables.
    """
    found = field(answer, "items")
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise StrangeAnswerError(f"YouTube's list holds {shown(found)}")
    return found


class Pages:
    """Tokens of the pages of a list, each once: a list that leads back to itself would go on for ever."""

    def __init__(self, most: int = 500) -> None:
        self.most, self.token = most, ""
        self._seen: set[str] = set()

    def __iter__(self) -> Iterator[str]:
        while True:
            yield self.token
            if not self.token:
                return

    def turn(self, answer: Any) -> None:
        """Go on to the page that an answer names; to none if it names none.

        Raises:
            StrangeAnswerError: it was there before, or there are too many.
        """
        self.token = text(answer, "nextPageToken")
        if self.token in self._seen or len(self._seen) >= self.most:
            raise StrangeAnswerError("YouTube's list of pages does not end")
        self._seen.add(self.token)
