"""Sends requests one at a time and counts what they cost."""

from __future__ import annotations

import json
from typing import Any

from tapehead.render.publish import quota
from tapehead.render.publish.calls import COSTS, Call
from tapehead.render.publish.failures import StrangeAnswerError
from tapehead.render.publish.retry import Patience


class Sender:
    """A signed-in client with its patience; ``spent`` and ``sent`` say what this run has used and done."""

    def __init__(self, youtube: Any, patience: Patience, scopes: tuple[str, ...]) -> None:
        self.youtube, self.patience, self.scopes = youtube, patience, scopes
        self.spent, self.uploads = 0, 0
        self.sent: list[dict[str, Any]] = []

    def count(self, method: str) -> None:
        """Note that a call was made."""
        quota.count(method, self.patience.now())
        if method == "videos.insert":
            self.uploads += 1
        else:
            self.spent += COSTS[method]

    def send(self, call: Call) -> Any:
        """Send once; a failure comes out as the client's own error, for :class:`Patience` to judge.

        Raises:
            StrangeAnswerError: it succeeded by its status, and nothing came with it.
        """
        try:
            answer = call.request.execute()
        except json.JSONDecodeError:  # the carrier lets tables through, and nothing at all
            raise StrangeAnswerError(f"{call.method} was answered with nothing") from None
        self.count(call.method)
        if call.request.method != "GET":
            self.sent.append(call.to_data())
        return answer
