"""Signing in: an installed app's OAuth, with or without a browser on this machine, and the token that comes of it.

The client file is the one that Google's console gives out for a "desktop app".  No message ever holds a token.
"""

from __future__ import annotations

import json
import shutil
import webbrowser
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import TapeheadError, UsageError
from tapehead.analysis.outside_files import OutsideFileError, json_of, read_bytes, shown
from tapehead.render.publish import secret_files as places
from tapehead.render.publish.carrier import Carrier, check_address, own_machine
from tapehead.render.publish.failures import ElsewhereError, SignInError, StrangeAnswerError, hide, redacted

_WAIT_S = 300
_FIELDS = ("token", "refresh_token", "token_uri", "client_id", "client_secret")


def client_path() -> Path:
    """Where the client file is looked for."""
    return places.config() / places.CLIENT


def token_path() -> Path:
    """Where the token is kept."""
    return places.config() / places.TOKEN


def adopt_client(path: Path) -> None:
    """Copy a downloaded client file to where it is looked for, readable by the user only.

    Raises:
        SignInError: it is no client file of a desktop app.
    """
    why = ""
    try:
        data = json_of(read_bytes(path), str(path))
    except OSError as error:
        why = f"the client file {path} cannot be read: {error.strerror}"
    except OutsideFileError as error:
        why = f"the client file {error}"
    if why:
        raise SignInError(why)
    _checked(data, path)
    places.write_private(client_path(), data)


def client_config() -> dict[str, Any]:
    """The client file.

    Raises:
        SignInError: it is not there, or is of another kind.
    """
    data = places.read_private(client_path())
    if data is None:
        raise SignInError(
            f"there is no client file {client_path()}: make an OAuth client of the type 'Desktop app' in Google's "
            "cloud console, download it, and run `tapehead sign-in --client FILE`"
        )
    return _checked(data, client_path())


def _checked(data: Any, path: Path) -> dict[str, Any]:
    if isinstance(data, dict) and isinstance(data.get("installed"), dict):
        missing = {"client_id", "client_secret", "auth_uri", "token_uri"} - set(data["installed"])
        if not missing:
            _check_places(data["installed"], path)
            hide(data["installed"]["client_secret"])
            return data
        raise SignInError(f"the client file {path} lacks {', '.join(sorted(missing))}; download it again")
    kind = next(iter(data), "empty") if isinstance(data, dict) else type(data).__name__
    raise SignInError(
        f"{path} is no client file of an installed app (it is '{kind}'): choose the type 'Desktop app' in the console"
    )


def _check_places(installed: dict[str, Any], path: Path) -> None:
    """Consent and secrets go to Google; to this very machine where the file says so, as a test's does."""
    for name in ("client_id", "client_secret", "auth_uri", "token_uri"):
        if not isinstance(installed[name], str):
            raise SignInError(f"the client file {path}: {name} is {shown(installed[name])}; download it again")
    for name in ("auth_uri", "token_uri"):
        try:
            check_address(installed[name], own_machine(installed[name]))
        except ElsewhereError as error:
            raise SignInError(f"the client file {path}: {name}: {error}; download it again") from None


def sign_in(scopes: Sequence[str], headless: bool, say: Callable[[str], None], ask: Callable[[str], str]) -> None:
    """Get the user's consent for these scopes, and keep the token.

    Without a browser (``headless``) the address is opened anywhere; the page it ends on does not load, and its address
    is pasted back.

    Raises:
        SignInError: no consent came, or the answer is not usable.
    """
    from google_auth_oauthlib.flow import InstalledAppFlow

    from tapehead.render.publish.exchange import carried_by, is_token

    client = client_config()
    flow = InstalledAppFlow.from_client_config(client, scopes=list(scopes))
    carried_by(flow.oauth2session, Carrier(host=own_machine(client["installed"]["token_uri"])))
    options = {"access_type": "offline", "prompt": "consent", "include_granted_scopes": "true"}
    why, found = "", None
    try:
        if headless:
            flow.redirect_uri = "http://localhost:1/"  # nothing listens there: only the address bar is needed
            address, _ = flow.authorization_url(**options)
            say(f"open this address in any browser and agree:\n\n{address}\n")
            say("the page you end on does not load; that is right")
            answer = ask("paste its whole address here: ").strip()
            # oauthlib refuses http, although nothing is sent to the address: only its query is read
            flow.fetch_token(authorization_response=answer.replace("http://", "https://", 1))
        else:
            if not _has_browser():
                raise SignInError("there is no browser on this machine; use `tapehead sign-in --headless`")
            flow.run_local_server(
                port=0, open_browser=True, timeout_seconds=_WAIT_S, authorization_prompt_message="", **options
            )
        found = flow.credentials
    except SignInError:
        raise
    except Exception as error:
        why = redacted(f"{type(error).__name__}: {error}" if not isinstance(error, TapeheadError) else str(error))
    if why:  # raised out here: what the library raised holds the code and the secret
        raise SignInError(f"signing in did not work: {why}")
    if not is_token(getattr(found, "token", None)):
        raise SignInError("signing in did not work: the sign-in server's answer holds no token")
    _keep(found)


def _has_browser() -> bool:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return shutil.which("open") is not None
    return True


def credentials(scopes: Sequence[str]) -> Any:
    """The kept token as credentials; it renews itself when it has expired.

    Raises:
        SignInError: there is none, or it does not allow what is needed.
    """
    from tapehead.render.publish.exchange import Renewing

    data = places.read_private(token_path())
    everything = "" if len(scopes) > 1 else " --upload-only"
    if data is None:
        client_config()  # without a client file that is what is missing first
        raise SignInError(f"nobody is signed in to YouTube; run `tapehead sign-in{everything}`")
    if lacking := [name for name in _FIELDS if not isinstance(data.get(name), str)]:
        raise SignInError(f"{token_path()} is no token (it lacks {', '.join(lacking)}); run `tapehead sign-in`")
    hide(data["token"], data["refresh_token"], data["client_secret"])
    allowed, expiry = data.get("scopes") or [], None
    if not (isinstance(allowed, list) and all(isinstance(scope, str) for scope in allowed)):
        raise SignInError(f"{token_path()} is no token (its scopes are {shown(allowed)}); run `tapehead sign-in`")
    if data.get("expiry"):
        try:
            # google-auth counts in UTC without saying so
            expiry = datetime.fromisoformat(data["expiry"]).astimezone(UTC).replace(tzinfo=None)
        except (TypeError, ValueError, OverflowError):
            raise SignInError(
                f"{token_path()} is no token (it expires at {shown(data['expiry'])}); run `tapehead sign-in`"
            ) from None
    found = Renewing(**{name: data[name] for name in _FIELDS}, scopes=allowed, expiry=expiry)
    if missing := set(scopes) - set(found.scopes or ()):
        names = ", ".join(sorted(scope.rsplit("/", 1)[-1] for scope in missing))
        raise SignInError(f"the sign-in does not allow {names}, which this needs; run `tapehead sign-in` once more")
    return found


def renew(say: Callable[[str], None]) -> None:
    """Renew the kept token without asking anybody: for machines without a browser, to which a token was copied.

    Raises:
        SignInError: Google does not take it any more, or cannot be reached.
    """
    import google.auth.exceptions
    import google_auth_httplib2
    from httplib2 import HttpLib2Error

    found = credentials(())
    why = ""
    try:
        found.refresh(google_auth_httplib2.Request(Carrier(host=own_machine(found.token_uri))))
    except google.auth.exceptions.RefreshError as error:
        why = (
            f"Google does not take this sign-in any more ({redacted(str(error.args[0]))}): it was revoked, or its 7 "
            "days are over while the consent screen is in testing; run `tapehead sign-in`"
        )
    except ElsewhereError as error:
        why = f"{token_path()} names another sign-in server: {error}; run `tapehead sign-in`"
    except StrangeAnswerError as error:
        why = f"the sign-in server's answer cannot be used: {redacted(str(error))}"
    except (google.auth.exceptions.TransportError, HttpLib2Error, HTTPException, OSError) as error:
        why = f"the sign-in server cannot be reached ({redacted(str(error))})"
    if why:
        raise SignInError(why)
    _keep(found)
    say("the sign-in was renewed")


def keep_renewed(found: Any) -> None:
    """Keep a token that was renewed on the way."""
    data = places.read_private(token_path())
    if data is not None and data.get("token") != found.token:
        _keep(found)


def _keep(found: Any) -> None:
    if not found.refresh_token or not isinstance(found.refresh_token, str):
        raise SignInError("Google gave no lasting token; remove tapehead's access in your account and sign in again")
    places.write_private(token_path(), json.loads(found.to_json()))


def scopes_named(upload_only: bool) -> tuple[str, ...]:
    """What to ask for: as little as the upload alone needs, or also captions, playlists and changes."""
    from tapehead.render.publish.calls import MANAGE, UPLOAD

    return (UPLOAD,) if upload_only else (UPLOAD, MANAGE)


def moment(text: str) -> datetime:
    """A point in time as the user writes it.

    Raises:
        UsageError: it is none.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--at '{text}' is no time; write it like 2027-01-31T18:00+01:00") from None
