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
    REFUSED = "refused"
    """The same request would be refused again."""


_BUSY = {"rateLimitExceeded", "userRateLimitExceeded", "backendError", "internalError", "processingFailure"}
_QUOTA = {"quotaExceeded", "dailyLimitExceeded", "uploadLimitExceeded", "uploadRateLimitExceeded"}
_SCOPE = {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "authError", "required"}


def reasons_in(content: bytes | str) -> tuple[list[str], str]:
    """``reason`` of every error in an API answer, and its message; nothing of an answer that is no JSON."""
    try:
        error = json.loads(content)["error"]
        reasons = [item.get("reason", "") for item in (*error.get("errors", ()), *error.get("details", ()))]
        return [reason for reason in reasons if reason], str(error.get("message", ""))
    except (ValueError, TypeError, KeyError, AttributeError):
        return [], ""


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


def redacted(text: str) -> str:
    """``text`` without anything that looks like a token, a client secret or an upload session."""
    for pattern in _SECRETS:
        text = pattern.sub(lambda match: (match[1] if match.re.groups else "") + "***", text)
    return text
