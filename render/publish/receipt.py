"""What was published: ``publish.json`` beside the package, and the private journal of each film in the user's state.

The receipt holds no secret and may be shared.  The journal is found by the film's digest, wherever its package lies, so
the same film is not uploaded twice; while an upload is under way it also holds the session's address, which is as good
as a password for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from tapehead.analysis.store import write_atomically
from tapehead.render.package.manifest import RECEIPT
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
            return cls(**{**data, "before": tuple(data.get("before", ()))})
        except TypeError:
            message = f"{new.path} is not readable; look on YouTube whether the film is there, then remove it"
            raise PublishError(message) from None

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
        PublishError: the receipt is there and can not be read.
    """
    path = folder / RECEIPT
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return [Receipt(**{name: value for name, value in entry.items() if name != "url"}) for entry in data["uploads"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PublishError(
            f"{path} can not be read ({error}); move it away if you know that it is not needed"
        ) from None


def keep(folder: Path, receipt: Receipt) -> Path:
    """Write a receipt, in place of the one of the same upload."""
    others = [old for old in receipts(folder) if old.video != receipt.video]
    data = {"format": FORMAT, "uploads": [{**asdict(one), "url": one.url} for one in (*others, receipt)]}
    write_atomically(folder / RECEIPT, json.dumps(data, indent=1, ensure_ascii=False) + "\n")
    return folder / RECEIPT
