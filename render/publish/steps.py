"""What follows the upload: captions, thumbnail, playlist, a look at what has arrived, and the final privacy.

Each step looks first and acts only if something is missing, inside one try: when an answer is lost, the next try sees
what the lost one did.  So each can be repeated at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tapehead.render.package.manifest import Package, Part
from tapehead.render.publish import calls
from tapehead.render.publish.failures import PublishError
from tapehead.render.publish.receipt import Receipt
from tapehead.render.publish.sender import Sender

_SNIPPET = ("title", "description", "tags", "categoryId", "defaultLanguage", "defaultAudioLanguage")
_STATUS = (
    "privacyStatus",
    "publishAt",
    "license",
    "embeddable",
    "publicStatsViewable",
    "selfDeclaredMadeForKids",
    "containsSyntheticMedia",
)
"""Fields that can be written; all others belong to the platform."""


def captions(sender: Sender, package: Package, part: Part, receipt: Receipt) -> None:
    """Have this caption track on the video, with these words."""
    name, wanted = f"captions:{part.language}", {"sha256": part.sha256}
    if receipt.done(name, wanted):
        return

    def step() -> None:
        there = sender.send(calls.list_captions(sender.youtube, receipt.video)).get("items", ())
        tracks = [
            item["id"]
            for item in there
            if item["snippet"]["language"] == part.language
            and not item["snippet"].get("name")
            and item["snippet"].get("trackKind", "standard").lower() != "asr"
        ]
        if tracks:
            sender.send(calls.update_captions(sender.youtube, package, part, tracks[0]))
        else:
            sender.send(calls.insert_captions(sender.youtube, package, part, receipt.video))

    sender.patience.run(f"captions ({part.language})", step)
    receipt.steps[name] = wanted


def thumbnail(sender: Sender, package: Package, part: Part, receipt: Receipt) -> None:
    """Have this picture in lists."""
    wanted = {"sha256": part.sha256}
    if receipt.done("thumbnail", wanted):
        return
    sender.patience.run(
        "thumbnail", lambda: sender.send(calls.set_thumbnail(sender.youtube, package, part, receipt.video))
    )
    receipt.steps["thumbnail"] = wanted


def playlist(sender: Sender, title: str, receipt: Receipt) -> None:
    """Have the video in the user's playlist of this title, which is made if there is none."""
    if receipt.steps.get(f"playlist:{title}"):
        return

    def find() -> str:
        page = ""
        while True:
            answer = sender.send(calls.list_playlists(sender.youtube, page))
            for item in answer.get("items", ()):
                if item["snippet"]["title"] == title:
                    return str(item["id"])
            page = answer.get("nextPageToken", "")
            if not page:
                return str(sender.send(calls.insert_playlist(sender.youtube, title))["id"])

    found = sender.patience.run("playlist", find)

    def put() -> None:
        answer = sender.send(calls.list_in_playlist(sender.youtube, found, receipt.video))
        if not answer.get("items"):
            sender.send(calls.insert_in_playlist(sender.youtube, found, receipt.video))

    sender.patience.run("playlist", put)
    receipt.steps[f"playlist:{title}"] = {"id": found}


def read(sender: Sender, video: str) -> dict[str, Any]:
    """What the platform has.

    Raises:
        PublishError: the video is gone.
    """
    found = sender.patience.run(
        "reading back", lambda: sender.send(calls.list_video(sender.youtube, video)).get("items", ())
    )
    if not found:
        raise PublishError(f"the video {video} is not on YouTube (any more): was it removed there?")
    return dict(found[0])


def differences(there: Mapping[str, Any], wanted: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Fields in which what the platform has is not what was wanted."""
    return [
        f"{part}.{name}"
        for part, fields in wanted.items()
        for name, value in fields.items()
        if there.get(part, {}).get(name, [] if name == "tags" else None) != value
    ]


def settle(sender: Sender, receipt: Receipt, wanted: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Make the metadata what is wanted: read, change, write whole parts back; nothing if all is well.

    A part sent in pieces would erase its other fields (``embeddable`` and others were lost that way).  Returns what
    still differs afterwards.
    """
    there = read(sender, receipt.video)
    if not differences(there, wanted):
        return []
    body: dict[str, Any] = {"id": receipt.video}
    for part, names in (("snippet", _SNIPPET), ("status", _STATUS)):
        kept = {name: there[part][name] for name in names if name in there.get(part, {})}
        body[part] = kept | dict(wanted.get(part, {}))
    if body["status"].get("privacyStatus") != "private":
        body["status"].pop("publishAt", None)  # a time goes with private only
    sender.patience.run("metadata", lambda: sender.send(calls.update_video(sender.youtube, body)))
    return differences(read(sender, receipt.video), wanted)
