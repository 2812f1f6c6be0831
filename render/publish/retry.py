"""Patience: another try after a growing, jittered pause, for as long as it can help and no longer."""

from __future__ import annotations

import http.client
import random
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from tapehead.render.publish.failures import (
    Kind,
    NoProgressError,
    PublishError,
    QuotaExhausted,
    SignInError,
    StrangeAnswerError,
    kind_of,
    reasons_in,
    redacted,
    retry_after,
)

T = TypeVar("T")
PACIFIC = "America/Los_Angeles"
_LEAST_S = 1.0
"""The least pause, whatever the server asks for."""


class GoneError(PublishError):
    """YouTube does not know what was asked for (any more): a session, a video, a playlist."""


@dataclass
class Patience:
    """How often and how long to try; clock, pause and chance can be replaced by a test.

    ``attempts`` in a row without any progress, or ``total_s`` seconds of pauses in a row, are the end of it; of strange
    answers in a row, ``strange``.
    """

    attempts: int = 8
    strange: int = 3
    total_s: float = 900.0
    longest_s: float = 64.0
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    chance: Callable[[], float] = random.random
    say: Callable[[str], None] = lambda _message: None
    heard: bool = field(default=False, init=False)
    """Whether anything has answered yet: without any answer at all it is the network that is missing."""

    def run(self, what: str, step: Callable[[], T], progress: Callable[[], float] = lambda: 0.0) -> T:
        """Call ``step`` until it succeeds; ``progress`` tells how far it is: more than ever starts the count anew.

        Raises:
            QuotaExhausted, SignInError, GoneError, PublishError: another try would not help, or none is left.
        """
        failed, strange, waited, best = 0, 0, 0.0, progress()
        while True:
            caught: Exception | None = None
            try:
                found = step()
            except Exception as error:
                caught = error
            # Below here nothing is being handled: what the library raised, which holds addresses and answers with
            # secrets in them, is not chained to what the user gets to see.
            if caught is None:
                self.heard = True
                return found
            kind, message, asked = judge(caught)
            if kind is None:
                raise caught
            _give_up_on(kind, what, message, self.now())
            if (here := progress()) > best:
                failed, strange, waited, best = 0, 0, 0.0, here
            failed += 1
            strange = strange + 1 if kind is Kind.STRANGE else 0
            backoff = min(self.longest_s, 2.0**failed) * (0.5 + self.chance() / 2)
            pause = max(_LEAST_S, asked) if asked is not None else backoff
            if not self.heard and _no_network(caught):
                raise PublishError(f"{what}: there is no network ({message}); nothing was sent")
            if failed >= self.attempts or strange >= self.strange or waited + pause > self.total_s:
                tries = f"{failed} {'try' if failed == 1 else 'tries'}"
                raise PublishError(
                    f"{what}: no success after {tries} ({message}); run the same command later, it goes on"
                )
            self.say(f"{what}: {message}; next try in {pause:.0f} s")
            self.sleep(pause)
            waited += pause
            self.heard = self.heard or not _no_network(caught)


def judge(error: Exception) -> tuple[Kind | None, str, float | None]:
    """What an exception calls for, in words without secrets, and the pause that the server asks for.

    None as kind: it is nothing that a server or a network did.
    """
    import google.auth.exceptions
    import httplib2
    from googleapiclient.errors import HttpError

    if isinstance(error, StrangeAnswerError):
        return Kind.STRANGE, redacted(str(error)), None
    if isinstance(error, NoProgressError):
        return Kind.AGAIN, redacted(str(error)), None
    if isinstance(error, HttpError):
        status = int(error.resp.status)
        reasons, message = reasons_in(error.content)
        text = redacted(f"YouTube answered {status} {' '.join(reasons)} {message}".strip())
        return kind_of(status, reasons), text, retry_after(error.resp)
    if isinstance(error, google.auth.exceptions.RefreshError):
        if error.retryable:
            return Kind.AGAIN, "the sign-in server is busy", None
        return Kind.SIGN_IN, redacted(str(error.args[0] if error.args else error)), None
    broken = (
        google.auth.exceptions.TransportError,
        httplib2.HttpLib2Error,
        http.client.HTTPException,
        ConnectionError,
        TimeoutError,
        socket.gaierror,
        ssl.SSLError,
    )
    if isinstance(error, broken) or (isinstance(error, OSError) and error.filename is None):
        return Kind.AGAIN, redacted(f"the connection broke: {type(error).__name__}: {error}"), None
    return None, "", None


def _give_up_on(kind: Kind, what: str, message: str, now: datetime) -> None:
    if kind is Kind.QUOTA:
        raise QuotaExhausted(
            f"{what}: the quota of the day is used up ({message}); it is renewed at "
            f"{quota_renewal(now).astimezone():%Y-%m-%d %H:%M %Z}; run the same command then, it goes on"
        )
    if kind is Kind.SIGN_IN:
        hint = (
            "the sign-in was revoked or has expired (after 7 days while the consent screen is in testing)"
            if "invalid_grant" in message
            else "the sign-in is not good for this"
        )
        raise SignInError(f"{what}: {hint}: {message}; run `tapehead sign-in`")
    if kind is Kind.GONE:
        raise GoneError(f"{what}: {message}")
    if kind is Kind.REFUSED:
        raise PublishError(f"{what}: {message}")


def _no_network(error: Exception) -> bool:
    import google.auth.exceptions
    import httplib2

    lost = (
        httplib2.ServerNotFoundError,
        socket.gaierror,
        ConnectionRefusedError,
        google.auth.exceptions.TransportError,
    )
    return isinstance(error, lost)


def quota_renewal(now: datetime) -> datetime:
    """When the day's quota is renewed: midnight in California, on the clock there (summer time included)."""
    there = now.astimezone(ZoneInfo(PACIFIC))
    midnight = datetime.combine(there.date() + timedelta(days=1), datetime.min.time(), ZoneInfo(PACIFIC))
    return midnight.astimezone(UTC)
