"""The resumable upload: every byte once, and a film once, whatever breaks in between.

The session's address is kept before the first chunk is sent, so another run goes on where this one was stopped.  When
the last answer is lost the session is asked what it has; when the session is forgotten by then, the channel is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from googleapiclient.errors import HttpError

from tapehead.analysis.store import digest_of
from tapehead.render.package.manifest import Package
from tapehead.render.publish import calls
from tapehead.render.publish.failures import PublishError, UnsureError
from tapehead.render.publish.receipt import Journal
from tapehead.render.publish.retry import GoneError, Patience
from tapehead.render.publish.sender import Sender
from tapehead.render.publish.youtube import CHUNK, ChunkedFile

_RESTARTS = 3
_LOOKS, _LOOK_S = 3, 10.0
_CLOCKS = timedelta(minutes=10)
"""How much the platform's clock may differ from this machine's."""


class Upload:
    """One film on its way.  ``tell(sent, size)`` is called after each chunk."""

    def __init__(
        self,
        sender: Sender,
        package: Package,
        wish: calls.Wish,
        journal: Journal,
        tell: Callable[[int, int], None] = lambda _sent, _size: None,
        chunk: int = CHUNK,
    ) -> None:
        film = package.part("film")
        assert film is not None, "a package without a film is refused before"
        self.sender, self.package, self.wish, self.journal = sender, package, wish, journal
        self.film, self.tell, self.chunk = film, tell, chunk
        self.call = self._new_call()

    @property
    def patience(self) -> Patience:
        """How long to go on trying."""
        return self.sender.patience

    @property
    def body_digest(self) -> str:
        """Digest of the metadata that goes with the film."""
        return digest_of(calls.body_of(self.call.request))

    def run(self) -> Journal:
        """Upload what is missing; the journal that comes back names the video.

        Raises:
            PublishError: it did not go through; running it again goes on from there.
            UnsureError: it may have arrived, and nothing can tell.
        """
        for _ in range(_RESTARTS):
            if self.journal.video:
                return self.journal
            try:
                return self._arrived(self._send())
            except GoneError:
                self.patience.say("YouTube has forgotten the session of this upload")
                if self.journal.finishing and (video := self._on_the_channel()):
                    return self._arrived(video)
                self.journal = self.journal.save(session="", finishing=False)
                self.call = self._new_call()
        raise PublishError(f"the upload's session was forgotten {_RESTARTS} times; try again later")

    def _new_call(self) -> calls.Call:
        media = ChunkedFile(self.package.path(self.film), self.film.mime, self.chunk, self._before_chunk)
        return calls.insert_video(self.sender.youtube, self.package, self.wish, media)

    def _before_chunk(self, begin: int) -> None:
        """Keep the session's address before any byte goes there, and note when the last byte is about to go."""
        session = self.call.request.resumable_uri
        last = begin + self.chunk >= self.film.size
        if session != self.journal.session:
            self.sender.count("videos.insert")
            self.journal = self.journal.save(
                session=session,
                body=self.body_digest,
                started=self.patience.now().isoformat(timespec="seconds"),
                finishing=last,
            )
        elif last and not self.journal.finishing:
            self.journal = self.journal.save(finishing=True)

    def _send(self) -> str:
        request = self.call.request
        if self.journal.session:
            request.resumable_uri = self.journal.session
            if video := self.patience.run("asking how much has arrived", self._ask):
                return video
            self.patience.say(f"going on at {request.resumable_progress / self.film.size:.0%}")
        while True:
            _, answer = self.patience.run("upload", request.next_chunk, lambda: request.resumable_progress)
            if answer:
                self.tell(self.film.size, self.film.size)
                return str(answer["id"])
            self.tell(request.resumable_progress, self.film.size)

    def _ask(self) -> str:
        """The video's id if all has arrived; otherwise where to go on is set."""
        request = self.call.request
        headers = {"Content-Range": f"bytes */{self.film.size}", "content-length": "0"}
        answer, content = request.http.request(self.journal.session, "PUT", headers=headers)
        if answer.status in (200, 201):
            return str(json.loads(content)["id"])
        if answer.status != 308:
            raise HttpError(answer, content, uri=calls.VIDEO)  # not the real address: it is a secret
        request.resumable_progress = int(answer["range"].split("-")[1]) + 1 if "range" in answer else 0
        return ""

    def _on_the_channel(self) -> str:
        """The video that the lost last answer was about, looked for among the channel's newest uploads."""
        if calls.MANAGE not in self.sender.scopes:
            raise UnsureError(
                "the last answer was lost, and this sign-in may not look at the channel: see there whether the film "
                "has arrived; if not, `tapehead publish --again` uploads it anew"
            )
        since = datetime.fromisoformat(self.journal.started) - _CLOCKS
        for look in range(_LOOKS):
            if look:
                self.patience.sleep(_LOOK_S)
            found = self.patience.run("looking for the film on the channel", lambda: self._candidates(since))
            if len(found) == 1:
                return found[0]
            if found:
                raise UnsureError(
                    f"the last answer was lost, and {len(found)} new videos have this title: {', '.join(found)}; "
                    "remove those that are not wanted, then `tapehead publish --again`"
                )
        return ""

    def _candidates(self, since: datetime) -> list[str]:
        channel = self.sender.send(calls.own_uploads(self.sender.youtube))
        uploads = channel["items"][0]["contentDetails"]["relatedPlaylists"]["uploads"]
        answer = self.sender.send(calls.list_playlist(self.sender.youtube, uploads))
        return [
            item["contentDetails"]["videoId"]
            for item in answer.get("items", ())
            if item["snippet"]["title"] == self.package.title
            and datetime.fromisoformat(item["snippet"]["publishedAt"]) >= since
            and item["contentDetails"]["videoId"] not in self.journal.before
        ]

    def _arrived(self, video: str) -> Journal:
        self.sender.sent.append(self.call.to_data())
        # The session has done its work and is not kept longer than needed.
        return self.journal.save(video=video, session="", finishing=False)


def same_metadata(journal: Journal, request: Any) -> bool:
    """Whether the upload began with the metadata that the package has now."""
    return journal.body == digest_of(calls.body_of(request))
