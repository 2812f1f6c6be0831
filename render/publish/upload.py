"""The resumable upload: every byte once, and a film once, whatever breaks in between.

The session's address is kept before the first chunk is sent, so another run goes on where this one was stopped.  When
the last answer is lost the session is asked what it has; when the session is forgotten by then, the channel is.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

from googleapiclient.errors import HttpError

from tapehead.analysis.outside_files import shown
from tapehead.analysis.store import digest_of
from tapehead.render.package.manifest import Package, PackageError
from tapehead.render.publish import answers, calls
from tapehead.render.publish.carrier import check_address
from tapehead.render.publish.failures import (
    ElsewhereError,
    NoProgressError,
    PublishError,
    StrangeAnswerError,
    UnsureError,
    hide,
)
from tapehead.render.publish.receipt import Journal
from tapehead.render.publish.retry import GoneError, Patience
from tapehead.render.publish.sender import Sender
from tapehead.render.publish.youtube import CHUNK

_RESTARTS = 3
_GRAIN = 256 * 2**10
"""YouTube keeps what it gets in multiples of this: less is no progress."""
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
        host: str = "",
    ) -> None:
        film = package.part("film")
        assert film is not None, "a package without a film is refused before"
        self.sender, self.package, self.wish, self.journal = sender, package, wish, journal
        self.film, self.tell, self.chunk, self.host = film, tell, chunk, host
        self.call = self._new_call()
        self.at, self.best = 0, 0
        """Bytes that have arrived by the last answer, and by the best one so far."""
        self.unsure = bool(journal.session)
        """Whether something was sent whose answer is not known."""
        self.gone = self.film.size if journal.session else 0
        """Bytes that can have arrived at most: what another run has sent is not known."""
        self.seen: tuple[int, int, int] | None = None

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
        for restart in range(_RESTARTS):
            if self.journal.video:
                return self.journal
            video = ""
            try:
                video = self._send()
            except GoneError:
                self.patience.say("YouTube has forgotten the session of this upload")
            if not video and self.journal.finishing:
                video = self._on_the_channel()
            if video:
                return self._arrived(video)
            self._begin_anew()
            self.patience.sleep(2.0 ** (restart + 1))
        raise PublishError(f"the upload's session was forgotten {_RESTARTS} times; try again later")

    def _new_call(self) -> calls.Call:
        return calls.insert_video(self.sender.youtube, self.package, self.wish)

    def _begin_anew(self) -> None:
        self.journal = self.journal.save(session="", finishing=False)
        self.call = self._new_call()
        self.at = self.best = self.gone = 0
        self.unsure = False

    def _send(self) -> str:
        if self.journal.session:
            try:
                check_address(self.journal.session, self.host)
            except ElsewhereError as error:
                raise ElsewhereError(
                    f"{self.journal.path} names a session elsewhere: {error}; look on YouTube whether the film is "
                    "there, and if not, remove that file"
                ) from None
            hide(self.journal.session)
        return self.patience.run("upload", self._transfer, lambda: self.best // _GRAIN + (self.best == self.film.size))

    def _transfer(self) -> str:
        """Send what is missing; after any fault the session is asked first, so that nothing is sent that is there.

        Every turn brings the film nearer by a grain at least, or ends in an error.
        """
        if not self.journal.session:
            self._open()
        elif self.unsure and (video := self._ask()):
            return video
        with self.package.path(self.film).open("rb") as file:
            while True:
                begin, self.unsure = self.at, True
                data = self._chunk(file, begin)
                if video := self._put(data, begin):
                    self.tell(self.film.size, self.film.size)
                    return video
                if self.at < min(begin + min(_GRAIN, len(data)), self.film.size) or self.at == self.film.size:
                    raise NoProgressError(
                        f"YouTube has {self.at} of {self.film.size} bytes after {begin + len(data)} were sent"
                    )
                self.unsure = False
                self.tell(self.at, self.film.size)

    def _open(self) -> None:
        """Begin a session, and keep its address before any byte of the film goes there."""
        request = self.call.request
        body = request.body.encode() if isinstance(request.body, str) else request.body
        headers = {
            **request.headers,
            "X-Upload-Content-Type": self.film.mime,
            "X-Upload-Content-Length": str(self.film.size),
            "content-length": str(len(body)),
        }
        answer, content = request.http.request(request.uri, request.method, body=body, headers=headers)
        if answer.status != 200:
            raise HttpError(answer, content, uri=calls.VIDEO)
        if "location" not in answer:
            raise StrangeAnswerError("YouTube's answer does not say where the film is to be sent")
        session = check_address(answer["location"], self.host)
        hide(session)
        self.sender.count("videos.insert")
        started = self.patience.now().isoformat(timespec="seconds")
        self.journal = self.journal.save(session=session, body=self.body_digest, started=started, finishing=False)
        self.at = self.best = self.gone = 0

    def _chunk(self, file: BinaryIO, begin: int) -> bytes:
        """The next bytes of the film, which has to be the one that was packed."""
        facts = os.fstat(file.fileno())
        seen = (facts.st_size, facts.st_mtime_ns, facts.st_ino)
        self.seen = self.seen or seen
        wanted = min(self.chunk, self.film.size - begin)
        file.seek(begin)
        data = file.read(wanted)
        if seen != self.seen or facts.st_size != self.film.size or len(data) != wanted:
            raise PackageError(
                f"{self.film.file} changed while it was sent: make the package again, then `tapehead publish`"
            )
        return data

    def _put(self, data: bytes, begin: int) -> str:
        end = begin + len(data)
        self.gone = max(self.gone, end)
        if end == self.film.size and not self.journal.finishing:
            self.journal = self.journal.save(finishing=True)  # the last byte is about to go
        return self._tell_session({"Content-Range": f"bytes {begin}-{end - 1}/{self.film.size}"}, data)

    def _ask(self) -> str:
        """The video's id if all has arrived; otherwise where to go on is set."""
        video = self._tell_session({"Content-Range": f"bytes */{self.film.size}"}, b"")
        if not video:
            if self.at == self.film.size:
                raise NoProgressError("YouTube has the whole film and does not say that it is done")
            self.patience.say(f"going on at {self.at / self.film.size:.0%}")
        return video

    def _tell_session(self, headers: dict[str, str], data: bytes) -> str:
        """One request to the session: the video's id, or nothing and what has arrived in ``at``."""
        headers = {**headers, "Content-Length": str(len(data))}
        answer, content = self.call.request.http.request(self.journal.session, "PUT", body=data, headers=headers)
        if answer.status in (200, 201):
            if not self.journal.finishing:
                raise StrangeAnswerError("YouTube says that the film is there before all of it was sent")
            found = answers.field(json.loads(content), "id") if content else None
            if not answers.is_id(found):
                raise NoProgressError("YouTube's last answer does not name the video")
            return str(found)
        if answer.status != 308:
            raise HttpError(answer, content, uri=calls.VIDEO)  # not the real address: it is a secret
        self.at = arrived(answer.get("range"), self.gone)
        self.best = max(self.best, self.at)
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
        channel = answers.items(self.sender.send(calls.own_uploads(self.sender.youtube)))
        uploads = answers.text(channel[0] if channel else None, "contentDetails", "relatedPlaylists", "uploads")
        if not uploads:
            raise StrangeAnswerError("YouTube's answer names no list of uploads")
        newest = answers.items(self.sender.send(calls.list_playlist(self.sender.youtube, uploads)))
        return [
            video
            for item in newest
            if answers.text(item, "snippet", "title") == self.package.title
            and _moment(answers.text(item, "snippet", "publishedAt")) >= since
            and answers.is_id(video := answers.field(item, "contentDetails", "videoId"))
            and video not in self.journal.before
        ]

    def _arrived(self, video: str) -> Journal:
        self.sender.sent.append(self.call.to_data())
        # The session has done its work and is not kept longer than needed.
        return self.journal.save(video=video, session="", finishing=False)


def same_metadata(journal: Journal, request: Any) -> bool:
    """Whether the upload began with the metadata that the package has now."""
    return journal.body == digest_of(calls.body_of(request))


def arrived(header: str | None, sent: int) -> int:
    """How many bytes have arrived by the ``Range`` of an answer: none of it where there is none.

    Raises:
        StrangeAnswerError: it is no range from the first byte, or reaches beyond the ``sent`` bytes.
    """
    if header is None:
        return 0
    match = re.fullmatch(r"(?:bytes=)?0-(\d{1,15})", header.strip())
    if not match:
        raise StrangeAnswerError(f"YouTube says with {shown(header)} how much has arrived")
    count = int(match[1]) + 1
    if count > sent:
        raise StrangeAnswerError(f"YouTube says that {count} bytes have arrived, of {sent} at most")
    return count


def _moment(text: str) -> datetime:
    """A time as the API writes it; one that cannot be read is taken for now, so that no film is sent twice for it."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
