"""What can go wrong while publishing, and which of it is worth another try."""

from __future__ import annotations

import enum
import json
import re
from typing import Any

from tapehead.analysis.errors import TapeheadError, UsageError


class PublishError(TapeheadError):
    """The upload did not go through; what was sent so far is in the receipt and is not sent again."""


class SignInError(PublishError):
    """No sign-in, or one that Google does not take any more."""


class RuleError(UsageError):
    """The package breaks a rule of the platform; nothing was sent."""


class AlreadyUploadedError(UsageError):
    """This very film was uploaded before."""


class QuotaExhausted(PublishError):  # noqa: N818 - it is nobody's error
    """The day's quota is used up; the message names the time at which it is renewed."""


class UnsureError(PublishError):
    """The last answer was lost and nothing can tell whether the film arrived."""


class ElsewhereError(PublishError):
    """An address that secrets do not go to: a session, a redirect or a sign-in server that is not Google's."""


class StrangeAnswerError(PublishError):
    """What came is nothing that YouTube says: a web page, a bomb, garbage.  Tried again a few times only."""


class NoProgressError(PublishError):
    """The answer is in order and brings nothing nearer; it costs patience like a refusal."""


class Kind(enum.Enum):
    """What to do about a failed request."""

    AGAIN = "try again"
    """The server or the network was busy."""
    QUOTA = "quota"
    """No more today."""
    SIGN_IN = "sign in"
    """The token is not good (any more)."""
    GONE = "gone"
    """The session of an upload is not known any more."""
    STRANGE = "strange"
    """Somebody else has answered, or nonsense: a hiccup, or it stays so."""
    REFUSED = "refused"
    """The same request would be refused again."""


_BUSY = {"rateLimitExceeded", "userRateLimitExceeded", "backendError", "internalError", "processingFailure"}
_QUOTA = {"quotaExceeded", "dailyLimitExceeded", "uploadLimitExceeded", "uploadRateLimitExceeded"}
_SCOPE = {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "authError", "required"}


def reasons_in(content: bytes | str) -> tuple[list[str], str]:
    """``reason`` of every error in an API answer, and its message; nothing of an answer of another shape."""
    try:
        error = json.loads(content)["error"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return [], ""
    if isinstance(error, str):
        return [], error
    if not isinstance(error, dict):
        return [], ""
    items = [item for name in ("errors", "details") if isinstance(error.get(name), list) for item in error[name]]
    reasons = [item["reason"] for item in items if isinstance(item, dict) and isinstance(item.get("reason"), str)]
    message = error.get("message")
    return [reason for reason in reasons if reason], message if isinstance(message, str) else ""


def kind_of(status: int, reasons: list[str]) -> Kind:
    """What an HTTP status and the API's reasons mean.  403 alone does not tell a busy minute from a spent day."""
    if _QUOTA & set(reasons):
        return Kind.QUOTA
    if status in (500, 502, 503, 504, 429, 408) or (status == 403 and _BUSY & set(reasons)):
        return Kind.AGAIN
    if status == 401 or (status == 403 and _SCOPE & set(reasons)):
        return Kind.SIGN_IN
    if status in (404, 410):
        return Kind.GONE
    return Kind.REFUSED


def retry_after(headers: Any) -> float | None:
    """Seconds that the server asks to wait, if it says so in seconds."""
    value = str(headers.get("retry-after", "")) if headers else ""
    return float(value) if re.fullmatch(r"\d{1,6}", value) else None


_SECRETS = (
    re.compile(r"\bya29\.[\w.-]+"),
    re.compile(r"\b1//[\w-]{10,}"),
    re.compile(r"\bGOCSPX-[\w-]+"),
    re.compile(r"(?i)\bbearer\s+[\w.~+/=-]+"),
    re.compile(r"(?i)(upload_id=)[\w.~%-]+"),
    re.compile(r"(?i)(\"?(?:access_token|refresh_token|client_secret|id_token|code)\"?\s*[=:]\s*\"?)[^\s\"&,}]+"),
)
_hidden: set[str] = set()
_LONGEST, _LOOKED_AT = 400, 20_000


def hide(*secrets: object) -> None:
    """From now on no message holds these texts, whatever they look like: a server may send them back in an error."""
    _hidden.update(secret for secret in secrets if isinstance(secret, str) and len(secret) >= 8)


def redacted(text: str) -> str:
    """``text`` on one line of bounded length, without anything that is, or looks like, a token, a client secret or an
    upload session."""
    if len(text) > _LOOKED_AT:  # without its last word, which may be the first half of a secret
        text = text[:_LOOKED_AT].rpartition(" ")[0]
    for secret in sorted(_hidden, key=len, reverse=True):
        text = text.replace(secret, "***")
    for pattern in _SECRETS:
        text = pattern.sub(lambda match: (match[1] if match.re.groups else "") + "***", text)
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return plain if len(plain) <= _LONGEST else plain[:_LONGEST] + "…"
