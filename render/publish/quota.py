"""How much of the day's quota these uploads have used.

The API does not tell what is left, so what was sent from here is counted here, by the day in California, on which the
platform counts too.  Other programs with the same project are not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tapehead.render.publish.calls import COSTS
from tapehead.render.publish.retry import PACIFIC, quota_renewal
from tapehead.render.publish.secret_files import read_private, state, write_private

UNITS, UPLOADS = 10_000, 100
"""Per day: units of all calls but uploads, and uploads."""


@dataclass(frozen=True)
class Used:
    """Units and uploads used on one day."""

    day: str
    units: int = 0
    uploads: int = 0

    def text(self, now: datetime) -> str:
        """One line for the user."""
        return (
            f"quota: {self.units} of {UNITS} units and {self.uploads} of {UPLOADS} uploads used today, as counted on "
            f"this machine; renewed {quota_renewal(now).astimezone():%Y-%m-%d %H:%M %Z}"
        )


def used(now: datetime) -> Used:
    """What was used on the day that ``now`` falls into."""
    day = f"{now.astimezone(ZoneInfo(PACIFIC)):%Y-%m-%d}"
    found = read_private(state() / "quota.json") or {}
    if found.get("day") != day:
        return Used(day)
    return Used(day, _count(found.get("units")), _count(found.get("uploads")))


def _count(value: object) -> int:
    """A number of calls; nothing that was written there by hand instead."""
    return value if isinstance(value, int) and 0 <= value < 10**9 else 0


def count(method: str, now: datetime) -> None:
    """Add one call."""
    before = used(now)
    upload = method == "videos.insert"
    data = {
        "day": before.day,
        "units": before.units + (0 if upload else COSTS[method]),
        "uploads": before.uploads + upload,
    }
    write_private(state() / "quota.json", data)
