"""What follows the upload: captions, thumbnail, playlist, a look at what has arrived, and the final privacy.

Each step looks first and acts only if something is missing, inside one try: when an answer is lost, the next try sees
what the lost one did.  So each can be repeated at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tapehead.render.package.manifest import Package, Part
from tapehead.render.publish import answers, calls
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
        there = answers.items(sender.send(calls.list_captions(sender.youtube, receipt.video)))
        tracks = [
            answers.id_of(item)
            for item in there
            if answers.text(item, "snippet", "language") == part.language
            and not answers.text(item, "snippet", "name")
            and answers.text(item, "snippet", "trackKind").lower() != "asr"
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
        pages = answers.Pages()
        for page in pages:
            answer = sender.send(calls.list_playlists(sender.youtube, page))
            for item in answers.items(answer):
                if answers.text(item, "snippet", "title") == title:
                    return answers.id_of(item)
            pages.turn(answer)
        return answers.id_of(sender.send(calls.insert_playlist(sender.youtube, title)))

    found = sender.patience.run("playlist", find)

    def put() -> None:
        answer = sender.send(calls.list_in_playlist(sender.youtube, found, receipt.video))
        if not answers.items(answer):
            sender.send(calls.insert_in_playlist(sender.youtube, found, receipt.video))

    sender.patience.run("playlist", put)
    receipt.steps[f"playlist:{title}"] = {"id": found}


def read(sender: Sender, video: str) -> dict[str, Any]:
    """What the platform has.

    Raises:
        PublishError: the video is gone.
    """
    found = sender.patience.run(
        "reading back", lambda: answers.items(sender.send(calls.list_video(sender.youtube, video)))
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
        if _there(there, part, name) != value
    ]


def _there(video: Mapping[str, Any], part: str, name: str) -> Any:
    found = answers.field(video, part, name)
    return [] if found is None and name == "tags" else found  # an empty list is not sent back


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
        kept = {name: found for name in names if (found := answers.field(there, part, name)) is not None}
        body[part] = kept | dict(wanted.get(part, {}))
    if body["status"].get("privacyStatus") != "private":
        body["status"].pop("publishAt", None)  # a time goes with private only
    sender.patience.run("metadata", lambda: sender.send(calls.update_video(sender.youtube, body)))
    return differences(read(sender, receipt.video), wanted)
