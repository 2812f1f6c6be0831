"""The requests of an upload: built by the real client, so that what is shown before is what is sent.

``VIDEO`` stands for the id that the upload will get.  Each call names its price in quota units and the scope it needs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from googleapiclient.http import MediaFileUpload

from tapehead.render.package.manifest import Package, Part
from tapehead.render.publish.youtube import CHUNK

VIDEO, PLAYLIST = "VIDEO_ID", "PLAYLIST_ID"
UPLOAD = "https://www.googleapis.com/auth/youtube.upload"
MANAGE = "https://www.googleapis.com/auth/youtube.force-ssl"

COSTS: Mapping[str, int] = {
    "videos.insert": 1,
    "videos.list": 1,
    "videos.update": 50,
    "captions.list": 50,
    "captions.insert": 400,
    "captions.update": 450,
    "thumbnails.set": 50,
    "playlists.list": 1,
    "playlists.insert": 50,
    "playlistItems.list": 1,
    "playlistItems.insert": 50,
    "channels.list": 1,
}
"""Quota units per call (https://developers.google.com/youtube/v3/determine_quota_cost, November 2026)."""


@dataclass(frozen=True)
class Wish:
    """What the user asked for besides the package."""

    privacy: str = "private"
    at: datetime | None = None
    playlist: str = ""
    notify: bool = False
    captions: bool = True


@dataclass(frozen=True)
class Call:
    """A request ready to be sent or shown; ``part`` is the file that goes with it."""

    method: str
    request: Any
    part: Part | None = None

    @property
    def cost(self) -> int:
        """Quota units."""
        return COSTS[self.method]

    @property
    def scope(self) -> str:
        """The least scope that allows it."""
        return UPLOAD if self.method in ("videos.insert", "thumbnails.set") else MANAGE

    def to_data(self) -> dict[str, Any]:
        """What ``--dry-run`` shows: the request as it would be sent, files by name, size and digest."""
        shown: dict[str, Any] = {
            "method": self.method,
            "http": self.request.method,
            "url": self.request.uri,
            "quota": self.cost,
        }
        body = body_of(self.request)
        if body is not None:
            shown["body"] = body
        if self.part:
            part = self.part
            shown["media"] = {"file": part.file, "type": part.mime, "bytes": part.size, "sha256": part.sha256}
        return shown


def body_of(request: Any) -> Any:
    """The JSON body of a client's request; of a multipart one its JSON part, of a plain file nothing."""
    body = request.body
    if not body:
        return None
    kind = {name.lower(): value for name, value in request.headers.items()}.get("content-type", "")
    if kind.startswith("multipart/related"):
        raw = body if isinstance(body, bytes) else body.encode()
        return json.loads(raw.split(b"\n\n", 1)[1].split(b"\n--", 1)[0])
    return json.loads(body) if kind.startswith("application/json") else None


def snippet_of(package: Package) -> dict[str, Any]:
    """The ``snippet`` part of the film's metadata."""
    return {
        "title": package.title,
        "description": package.description,
        "tags": list(package.tags),
        "categoryId": package.category,
        "defaultLanguage": package.language,
        "defaultAudioLanguage": package.language,
    }


def status_of(package: Package, wish: Wish) -> dict[str, Any]:
    """The ``status`` part as it is uploaded: always private, so that nothing unfinished is ever seen."""
    status = {
        "privacyStatus": "private",
        "selfDeclaredMadeForKids": package.made_for_kids,
        "containsSyntheticMedia": package.synthetic_media,
        "license": package.licence,
        "embeddable": True,
        "publicStatsViewable": True,
    }
    if wish.at is not None:
        status["publishAt"] = wish.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return status


def insert_video(youtube: Any, package: Package, wish: Wish) -> Call:
    """The upload itself: the request that opens it."""
    film = package.part("film")
    path = package.path(film) if film else None
    request = youtube.videos().insert(
        part="snippet,status",
        body={"snippet": snippet_of(package), "status": status_of(package, wish)},
        notifySubscribers=wish.notify,
        media_body=MediaFileUpload(str(path), film.mime, CHUNK, resumable=True)
        if film and path and path.is_file()
        else None,
    )
    return Call("videos.insert", request, film)


def list_video(youtube: Any, video: str) -> Call:
    """What YouTube has."""
    return Call("videos.list", youtube.videos().list(part="snippet,status", id=video))


def update_video(youtube: Any, body: dict[str, Any]) -> Call:
    """Whole parts, never pieces: a part that is sent replaces the one that was there."""
    return Call("videos.update", youtube.videos().update(part="snippet,status", body=body))


def list_captions(youtube: Any, video: str) -> Call:
    """Which captions are there."""
    return Call("captions.list", youtube.captions().list(part="snippet", videoId=video))


def _captions_media(package: Package, part: Part) -> Any:
    return MediaFileUpload(str(package.path(part)), mimetype=part.mime, resumable=False)


def insert_captions(youtube: Any, package: Package, part: Part, video: str) -> Call:
    """A new caption track.  ``sync`` is never sent: the times are in the file."""
    body = {"snippet": {"videoId": video, "language": part.language, "name": "", "isDraft": False}}
    request = youtube.captions().insert(part="snippet", body=body, media_body=_captions_media(package, part))
    return Call("captions.insert", request, part)


def update_captions(youtube: Any, package: Package, part: Part, track: str) -> Call:
    """New words for a track that is there."""
    body = {"id": track, "snippet": {"isDraft": False}}
    request = youtube.captions().update(part="snippet", body=body, media_body=_captions_media(package, part))
    return Call("captions.update", request, part)


def set_thumbnail(youtube: Any, package: Package, part: Part, video: str) -> Call:
    """The picture in lists; setting it twice does no harm."""
    media = MediaFileUpload(str(package.path(part)), mimetype=part.mime, resumable=False)
    return Call("thumbnails.set", youtube.thumbnails().set(videoId=video, media_body=media), part)


def list_playlists(youtube: Any, page: str = "") -> Call:
    """The user's own playlists."""
    return Call(
        "playlists.list",
        youtube.playlists().list(part="snippet", mine=True, maxResults=50, **({"pageToken": page} if page else {})),
    )


def insert_playlist(youtube: Any, title: str) -> Call:
    """A new playlist, private like everything at first."""
    body = {"snippet": {"title": title}, "status": {"privacyStatus": "private"}}
    return Call("playlists.insert", youtube.playlists().insert(part="snippet,status", body=body))


def list_in_playlist(youtube: Any, playlist: str, video: str) -> Call:
    """Whether a film is in a playlist."""
    return Call("playlistItems.list", youtube.playlistItems().list(part="id", playlistId=playlist, videoId=video))


def insert_in_playlist(youtube: Any, playlist: str, video: str) -> Call:
    """Put a film into a playlist."""
    body = {"snippet": {"playlistId": playlist, "resourceId": {"kind": "youtube#video", "videoId": video}}}
    return Call("playlistItems.insert", youtube.playlistItems().insert(part="snippet", body=body))


def own_uploads(youtube: Any) -> Call:
    """The channel's list of uploads."""
    return Call("channels.list", youtube.channels().list(part="contentDetails", mine=True))


def list_playlist(youtube: Any, playlist: str) -> Call:
    """The newest films of a playlist."""
    request = youtube.playlistItems().list(part="snippet,contentDetails", playlistId=playlist, maxResults=50)
    return Call("playlistItems.list", request)


def planned(youtube: Any, package: Package, wish: Wish) -> list[Call]:
    """All calls of a first upload that meets no fault, in order."""
    calls = [insert_video(youtube, package, wish)]
    captions = package.each("captions") if wish.captions else ()
    if captions:
        calls.append(list_captions(youtube, VIDEO))
        calls += [insert_captions(youtube, package, part, VIDEO) for part in captions]
    if thumbnail := package.part("thumbnail"):
        calls.append(set_thumbnail(youtube, package, thumbnail, VIDEO))
    if wish.playlist:
        calls += [
            list_playlists(youtube),
            insert_playlist(youtube, wish.playlist),
            list_in_playlist(youtube, PLAYLIST, VIDEO),
            insert_in_playlist(youtube, PLAYLIST, VIDEO),
        ]
    if MANAGE in scopes_for(package, wish):
        calls.append(list_video(youtube, VIDEO))
    if wish.privacy != "private":
        body = {
            "id": VIDEO,
            "snippet": snippet_of(package),
            "status": status_of(package, wish) | {"privacyStatus": wish.privacy},
        }
        calls += [update_video(youtube, body)]
    return calls


def scopes_for(package: Package, wish: Wish) -> tuple[str, ...]:
    """The least scopes that an upload needs: captions, playlists and a later change of privacy ask for more."""
    manage = bool(wish.playlist) or wish.privacy != "private" or (wish.captions and bool(package.each("captions")))
    return (UPLOAD, MANAGE) if manage else (UPLOAD,)
