"""Every setting of the tape: read from one self-describing registry, checked in one place.

``assets/tapes/settings/VERSION.json`` lists them: id, label, unit, range or choices, default, help.  A preset says only
what differs from the defaults *of its version*.  Nothing is ever a number of pixels.
"""

from __future__ import annotations

import difflib
import functools
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tapehead.analysis.errors import DamagedEntryError, UnknownNameError, UsageError
from tapehead.render.assets import asset

CURRENT_VERSION = 1

_KINDS = ("number", "integer", "switch", "choice", "text", "span", "events")
EVENT_KINDS = ("start", "stop", "eaten")
_LONGEST_TEXT = 32
_LONGEST_SHOWN = 60
_SWITCHES = {"on": True, "yes": True, "true": True, "1": True, "off": False, "no": False, "false": False, "0": False}
_ALIKE = 0.6
"""How much of a misspelt name has to agree with a setting's, 0 to 1, for the setting to be offered."""


class SettingError(UsageError):
    """A setting has a value that it cannot have; the message names setting, value and range."""


class UnknownSettingError(UnknownNameError):
    """A name that is no setting; the message names those that look or read like it, and no others."""

    def __init__(self, name: str, known: Mapping[str, Setting]) -> None:
        near = _alike(name, known)
        super().__init__("tape setting", name[:_LONGEST_SHOWN], near)
        self.choices = sorted(known)
        said = f"did you mean {', '.join(near)}?" if near else "`tapehead tape describe sp --all` lists them all"
        self.args = (f"unknown tape setting '{name[:_LONGEST_SHOWN]}': {said}",)


def _shown(value: Any) -> str:
    """A wrong value for a message: not a page of it."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def _folded(name: str) -> str:
    """A name without what people write in different ways: case, dots, underscores, hyphens."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _alike(name: str, known: Mapping[str, Setting]) -> list[str]:
    """Up to three settings, best first, whose id, last part of it or label is like a name."""
    asked = _folded(name)[:_LONGEST_SHOWN]
    if not asked:
        return []
    scores = []
    for setting in known.values():
        forms = [_folded(setting.id), _folded(setting.id.rpartition(".")[2]), _folded(setting.label)]
        score = max(difflib.SequenceMatcher(None, asked, form).ratio() for form in forms)
        if len(asked) >= 3 and any(asked in form for form in forms):
            score = max(score, _ALIKE + 0.1)
        scores.append((-score, setting.id))
    return [found for score, found in sorted(scores)[:3] if -score >= _ALIKE]


def setting_named(name: str, known: Mapping[str, Setting]) -> Setting:
    """The setting of a name, however its letters and points are written: ``LUMA.SNR`` and ``luma_snr`` are one.

    Raises:
        UnknownSettingError: there is none; the message names those like it.
    """
    if (found := known.get(name)) is not None:
        return found
    asked = _folded(name)
    for setting in known.values():
        if _folded(setting.id) == asked:
            return setting
    raise UnknownSettingError(name, known)


@dataclass(frozen=True)
class Setting:
    """One setting as the registry describes it."""

    id: str
    label: str
    kind: str
    unit: str
    default: Any
    help: str
    basis: str
    range: tuple[float, float] | None = None
    choices: tuple[str, ...] = ()
    none: str = ""
    """What no value (``null``) means; empty where there has to be one."""
    by_speed: Mapping[str, float] | None = None
    easy: bool = False
    step: float = 0.0
    """Steps in which it moves when a scene drives it: each value is a filter that has to be designed; 0: any value."""
    is_rate: bool = False
    """Whether it is a speed: where things stand is what has gathered, so its mean up to now is what counts."""

    def allowed(self) -> str:
        """What it may be, in words."""
        unit = f" {self.unit}" if self.unit else ""
        if self.kind in ("number", "integer"):
            assert self.range is not None
            whole = "a whole number from " if self.kind == "integer" else ""
            words = f"{whole}{self.range[0]:g} to {self.range[1]:g}{unit}"
        elif self.kind == "choice":
            words = "one of " + ", ".join(self.choices)
        elif self.kind == "switch":
            words = "true or false"
        elif self.kind == "text":
            words = f"text of at most {_LONGEST_TEXT} characters"
        elif self.kind == "span":
            words = "[from, to] in seconds, from before to"
        else:
            kinds = ", ".join(EVENT_KINDS)
            words = f'a list of {{"kind": {kinds}; "from": s, "to": s}} with from before to'
        return words + (f", or null ({self.none})" if self.none else "")

    def check(self, value: Any) -> Any:
        """The value in its canonical form.

        Raises:
            SettingError: it is of the wrong kind or outside the range.
        """
        if value is None and self.none:
            return None
        good = getattr(self, f"_as_{self.kind}")(value)
        if good is None:
            raise SettingError(f"tape setting {self.id} is {_shown(value)}; it must be {self.allowed()}")
        return good

    def parse(self, text: str) -> Any:
        """A value typed on the command line: JSON, a word for on, off or none, or plain text where text is meant."""
        if self.kind in ("choice", "text"):
            return self.check(text)
        word = text.strip().lower()
        if word in ("none", "null"):
            return self.check(None)
        if self.kind == "switch" and word in _SWITCHES:
            return self.check(_SWITCHES[word])
        if self.kind in ("number", "integer") and self.unit:
            word = word.removesuffix(self.unit.lower()).strip()
        try:
            return self.check(json.loads(word if self.kind in ("number", "integer") else text))
        except (ValueError, RecursionError):
            raise SettingError(f"tape setting {self.id} is {_shown(text)}; it must be {self.allowed()}") from None

    def _as_number(self, value: Any) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        assert self.range is not None
        # Compared before it is made a float: a whole number may be too large for one.
        return float(value) if self.range[0] <= value <= self.range[1] else None

    def _as_integer(self, value: Any) -> int | None:
        number = self._as_number(value)
        return int(number) if number is not None and number == int(number) else None

    def _as_switch(self, value: Any) -> bool | None:
        return value if isinstance(value, bool) else None

    def _as_choice(self, value: Any) -> str | None:
        if not isinstance(value, str):
            return None
        return next((choice for choice in self.choices if choice.lower() == value.strip().lower()), None)

    def _as_text(self, value: Any) -> str | None:
        return value if isinstance(value, str) and len(value) <= _LONGEST_TEXT and value.isprintable() else None

    def _as_span(self, value: Any) -> tuple[float, float] | None:
        if not isinstance(value, list | tuple) or len(value) != 2:
            return None
        first, last = (self._as_number(part) for part in value)
        return (first, last) if first is not None and last is not None and first < last else None

    def _as_events(self, value: Any) -> tuple[tuple[str, float, float], ...] | None:
        if not isinstance(value, list | tuple):
            return None
        events = []
        for given in value:
            event = given
            if isinstance(given, tuple) and len(given) == 3:  # as this method returns them
                event = dict(zip(("kind", "from", "to"), given, strict=True))
            if not isinstance(event, Mapping) or set(event) != {"kind", "from", "to"}:
                return None
            span = self._as_span((event["from"], event["to"]))
            if span is None or event["kind"] not in EVENT_KINDS:
                return None
            events.append((event["kind"], *span))
        return tuple(sorted(events, key=lambda e: (e[1], e[2])))


@functools.cache
def registry(version: int = CURRENT_VERSION) -> Mapping[str, Setting]:
    """All settings of a version by id, in the order of the signal chain.

    Raises:
        UnknownNameError: there is no such version.
    """
    try:
        data = json.loads(asset(f"tapes/settings/{version}.json").read_text(encoding="utf-8"))
    except Exception as error:
        known = sorted(path.stem for path in asset("tapes/settings").glob("*.json"))
        raise UnknownNameError("version of tape settings", str(version), known) from error
    found = {}
    for fields in data["settings"]:
        lists = {name: tuple(fields[name]) for name in ("range", "choices") if name in fields}
        setting = Setting(**{**fields, **lists})
        assert setting.kind in _KINDS, setting
        found[setting.id] = setting
    return found


class Settings(Mapping[str, Any]):
    """All settings with a value each: the given ones over the version's defaults.  Hashable and unchanging."""

    def __init__(
        self,
        given: Mapping[str, Any] | None = None,
        version: int = CURRENT_VERSION,
        known: Mapping[str, Setting] | None = None,
    ) -> None:
        """Check ``given`` against the settings there are: ``known``, by default those of the VHS tape.

        Raises:
            UnknownNameError: there is no setting of that name; the message names the nearest.
            SettingError: a value does not fit; the message names setting, value and range.
        """
        known = registry(version) if known is None else known
        values = {name: setting.check(setting.default) for name, setting in known.items()}
        for name, value in (given or {}).items():
            setting = setting_named(name, known)
            values[setting.id] = setting.check(value)
        self.version = version
        self.known = known
        self._values = values
        self._key = json.dumps(values, sort_keys=True, separators=(",", ":"))

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Settings) and self._key == other._key

    def but(self, changes: Mapping[str, Any]) -> Settings:
        """These settings with some changed."""
        named = {setting_named(name, self.known).id: value for name, value in changes.items()}
        return Settings({**self._values, **named}, self.version, self.known)

    def differing(self) -> dict[str, Any]:
        """What is not at its default."""
        known = self.known
        return {name: value for name, value in self.items() if value != known[name].check(known[name].default)}

    def own(self, name: str) -> Any:
        """What holds: the value, or what follows from the tape speed where a setting leaves it to that."""
        by_speed = self.known[name].by_speed
        return self[name] if self[name] is not None or by_speed is None else by_speed[self["speed"]]

    def digest(self) -> str:
        """SHA-256 of version and values."""
        return hashlib.sha256(f"{self.version}:{self._key}".encode()).hexdigest()

    @property
    def luma_bw(self) -> float:
        """Luma bandwidth in MHz, from the tape speed where it is not set itself."""
        return float(self.own("luma.bw"))


def parse_assignments(pairs: list[str], known: Mapping[str, Setting] | None = None) -> dict[str, Any]:
    """Settings typed as ``NAME=VALUE``; ``known`` are those there are, by default those of the VHS tape.

    Raises:
        UsageError: a pair has no ``=``; see :class:`Settings` for the rest.
    """
    found = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise UsageError(f"--set takes NAME=VALUE, for example luma.snr=38; got '{pair}'")
        setting = setting_named(name.strip(), registry() if known is None else known)
        found[setting.id] = setting.parse(text)
    return found


def checked(name: str, version: int, given: Mapping[str, Any], known: Mapping[str, Setting] | None = None) -> Settings:
    """The settings of the preset ``name``; ``known`` are those that its effect has, by default those of the VHS tape.

    Raises:
        DamagedEntryError: the preset names an unknown setting or version, or a value does not fit.
    """
    try:
        return Settings(given, version, known)
    except UsageError as error:
        raise DamagedEntryError(f"tape '{name}': {error}") from None
