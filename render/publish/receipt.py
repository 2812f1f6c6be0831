"""What was published: ``publish.json`` beside the package, and the private journal of each film in the user's state.

The receipt holds no secret and may be shared.  The journal is found by the film's digest, wherever its package lies, so
the same film is not uploaded twice; while an upload is under way it also holds the session's address, which is as good
as a password for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tapehead.analysis.outside_files import OutsideFileError, read_json, shown
from tapehead.analysis.store import write_atomically
from tapehead.render.package.manifest import RECEIPT
from tapehead.render.publish.answers import is_id
from tapehead.render.publish.failures import PublishError
from tapehead.render.publish.secret_files import read_private, state, write_private

FORMAT = 1


@dataclass(frozen=True)
class Journal:
    """One film's upload; ``finishing`` means that its last chunk was sent, arrived or not."""

    film: str
    size: int
    session: str = ""
    body: str = ""
    started: str = ""
    finishing: bool = False
    video: str = ""
    complete: bool = False
    before: tuple[str, ...] = ()
    """Ids of earlier uploads of the same film, which the user wanted more than once."""

    @property
    def path(self) -> Path:
        """Where it lies."""
        return state() / "uploads" / f"{self.film}.json"

    @classmethod
    def load(cls, film: str, size: int) -> Journal:
        """The journal of a film, an empty one if it was never uploaded."""
        new = cls(film, size)
        data = read_private(new.path)
        if data is None:
            return new
        try:
            found = cls(**{**data, "before": tuple(data.get("before", ()))})
        except TypeError:
            found = None
        if found is None or (found.film, found.size) != (film, size) or not found.sound():
            raise PublishError(f"{new.path} is not readable; look on YouTube whether the film is there, then remove it")
        return found

    def sound(self) -> bool:
        """Whether every field holds what it should; a journal may have been written by hand."""
        texts = (self.session, self.body, self.started, self.video, *self.before)
        if not all(isinstance(text, str) for text in texts):
            return False
        videos = [video for video in (self.video, *self.before) if video]
        return (
            all(isinstance(flag, bool) for flag in (self.finishing, self.complete))
            and all(is_id(video) for video in videos)
            and (not self.session or _is_moment(self.started))
        )

    def save(self, **changes: Any) -> Journal:
        """Write it, with changes, before anything depends on it."""
        changed = replace(self, **changes)
        write_private(changed.path, asdict(changed))
        return changed


@dataclass
class Receipt:
    """One upload: what was sent, what came of it, and which steps are done (name -> facts)."""

    film: str
    video: str
    uploaded: str
    title: str
    requests: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    steps: dict[str, Any] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    quota: dict[str, int] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the film is seen."""
        return f"https://youtu.be/{self.video}"

    def done(self, step: str, facts: Mapping[str, Any]) -> bool:
        """Whether a step was done with exactly these facts."""
        return bool(self.steps.get(step) == dict(facts))


def receipts(folder: Path) -> list[Receipt]:
    """All uploads that a package's receipt tells of, newest last.

    Raises:
        PublishError: the receipt is there and cannot be read.
    """
    path = folder / RECEIPT
    why = ""
    try:
        data = read_json(path, what=dict)
        entries = data.get("uploads")
        if not isinstance(entries, list):
            why = "it has no list of uploads"
        else:
            return [_receipt(entry) for entry in entries]
    except FileNotFoundError:
        return []
    except OSError as error:
        why = str(error.strerror)
    except (OutsideFileError, ValueError) as error:
        why = str(error)
    raise PublishError(f"{path} cannot be read ({why}); move it away if you know that it is not needed")


def _receipt(entry: Any) -> Receipt:
    """One upload, every field of its kind; the address is made of the id and not believed.

    Raises:
        ValueError: it is no receipt.
    """
    if not isinstance(entry, dict):
        raise ValueError(f"an upload is {shown(entry)}")
    given = {name: value for name, value in entry.items() if name != "url"}
    known = {each.name: each.default is MISSING and each.default_factory is MISSING for each in fields(Receipt)}
    if strange := [name for name in given if name not in known]:
        raise ValueError(f"an upload has {shown(strange[0])}, which is nothing that was written here")
    if lacking := [name for name, needed in known.items() if needed and name not in given]:
        raise ValueError(f"an upload lacks {', '.join(lacking)}")
    found = Receipt(**given)
    kinds: dict[str, type] = {"film": str, "video": str, "uploaded": str, "title": str, "requests": list}
    kinds |= {"files": dict, "steps": dict, "differences": list, "quota": dict}
    for name, kind in kinds.items():
        if not isinstance(getattr(found, name), kind):
            raise ValueError(f"{name} is {shown(getattr(found, name))}")
    if not is_id(found.video) or not re.fullmatch(r"[0-9a-f]{64}", found.film):
        raise ValueError(f"it is about the video {shown(found.video)} and the film {shown(found.film)}")
    if any(not isinstance(count, int) for count in found.quota.values()):
        raise ValueError(f"quota is {shown(found.quota)}")
    return found


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def keep(folder: Path, receipt: Receipt) -> Path:
    """Write a receipt, in place of the one of the same upload."""
    others = [old for old in receipts(folder) if old.video != receipt.video]
    data = {"format": FORMAT, "uploads": [{**asdict(one), "url": one.url} for one in (*others, receipt)]}
    write_atomically(folder / RECEIPT, json.dumps(data, indent=1, ensure_ascii=False) + "\n")
    return folder / RECEIPT
