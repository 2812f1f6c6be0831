"""The YouTube client, built from the description that ships with it: nothing is fetched to build it.

``client_options`` would leave media uploads at the old host, so a test's host is written into the description itself.
The film is not sent by the client, which believes whatever it is answered: see :mod:`tapehead.render.publish.upload`.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from googleapiclient.discovery import build_from_document

from tapehead.render.publish.carrier import TIMEOUT_S, Carrier, SignedCarrier

CHUNK = 8 * 2**20
"""Bytes per chunk; YouTube takes multiples of 256 KiB."""


def document(host: str = "") -> dict[str, Any]:
    """The API's description; ``host`` (``http://127.0.0.1:PORT``) takes the place of YouTube's own."""
    text = files("googleapiclient.discovery_cache.documents").joinpath("youtube.v3.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    if host:
        found["rootUrl"] = found["baseUrl"] = host.rstrip("/") + "/"
        found.pop("mtlsRootUrl", None)
    return found


def service(credentials: Any = None, host: str = "", timeout_s: float = TIMEOUT_S) -> Any:
    """A client.  Without credentials it builds requests and must not be made to send any."""
    carrier = Carrier(timeout_s, host)
    signed = carrier if credentials is None else SignedCarrier(credentials, carrier)
    return build_from_document(document(host), http=signed)
