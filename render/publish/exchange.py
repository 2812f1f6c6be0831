"""The sign-in server's side of it: codes and refresh tokens go the way of :class:`~.carrier.Carrier`, and no other."""

from __future__ import annotations

import re
from typing import Any

import google.auth.exceptions
import requests
from google.oauth2.credentials import Credentials
from httplib2 import HttpLib2Error
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from tapehead.render.publish.carrier import Carrier
from tapehead.render.publish.failures import PublishError, StrangeAnswerError, hide

_TOKEN = re.compile(r"[!-~]{1,8192}")


def is_token(value: object) -> bool:
    """Whether a value can be sent as a token."""
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


class Renewing(Credentials):
    """A token that renews itself, and believes nothing of the answer but a token and a time."""

    token: Any

    def refresh(self, request: Any) -> None:
        """As in google-auth.

        Raises:
            google.auth.exceptions.GoogleAuthError: the server refuses, or cannot be reached.
            StrangeAnswerError: it answers something else than a token.
        """
        before: Any = self.token
        strange = False
        try:
            super().refresh(request)
        except (PublishError, google.auth.exceptions.GoogleAuthError, HttpLib2Error, OSError):
            raise
        except (ValueError, TypeError, AttributeError, LookupError, OverflowError):
            strange = True  # the library reads the answer as if it were always in order
        if strange or not is_token(self.token):
            self.token = before
            raise StrangeAnswerError("the sign-in server's answer holds no token")
        hide(self.token, self.refresh_token)


class _Through(BaseAdapter):
    """Lets the library ``requests``, which the sign-in is written with, send by a carrier."""

    def __init__(self, carrier: Carrier) -> None:
        super().__init__()
        self.carrier = carrier

    def send(self, request: Any, *_: Any, **__: Any) -> requests.Response:
        """One request, one answer."""
        answer, content = self.carrier.request(request.url, request.method, request.body, dict(request.headers))
        made = requests.Response()
        made.status_code, made.reason = answer.status, answer.reason
        made.headers = CaseInsensitiveDict({name: str(value) for name, value in answer.items()})
        made._content = content
        made.url, made.request = request.url, request
        return made

    def close(self) -> None:
        """Nothing is kept open."""


def carried_by(session: requests.Session, carrier: Carrier) -> None:
    """Have a session send by a carrier all that it sends."""
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Through(carrier))
