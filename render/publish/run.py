"""Publishing in order: check everything, upload as private, add what belongs to it, compare, and only then show it.

private upload -> captions -> thumbnail -> playlist -> read back and compare -> privacy
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tapehead.analysis.errors import UnknownNameError
from tapehead.render import youtube_rules as rules
from tapehead.render.package.manifest import RECEIPT, Package, PackageError
from tapehead.render.publish import calls, quota, signin, steps
from tapehead.render.publish.failures import AlreadyUploadedError, PublishError, RuleError
from tapehead.render.publish.receipt import Journal, Receipt, keep, receipts
from tapehead.render.publish.retry import Patience
from tapehead.render.publish.secret_files import alone
from tapehead.render.publish.sender import Sender
from tapehead.render.publish.upload import Upload, same_metadata
from tapehead.render.publish.youtube import CHUNK, service


@dataclass(frozen=True)
class Place:
    """Where requests go; a test puts its own host here."""

    host: str = ""
    chunk: int = CHUNK
    timeout_s: float = 60.0


def problems(package: Package, wish: calls.Wish, now: datetime) -> list[str]:
    """Everything that is wrong with a package and a wish, before anything is sent."""
    if wish.privacy not in rules.PRIVACIES:
        raise UnknownNameError("privacy", wish.privacy, rules.PRIVACIES)
    found = [*rules.title_problems(package.title), *rules.description_problems(package.description)]
    found += [*rules.tag_problems(package.tags), *rules.language_problems(package.language)]
    if package.chapters:  # an episode may declare none; one that declares any keeps the rules
        wrong = rules.chapter_problems(package.chapters, package.duration_s)
        mend = "; mend it with chapter=False in a SceneRef, or `tapehead package --no-chapters` leaves them all out"
        found += [*wrong[:-1], wrong[-1] + mend] if wrong else []
    for part in package.each("captions"):
        found += rules.language_problems(part.language)
        if part.size > rules.CAPTION_BYTES:
            found.append(f"the captions {part.file} have {part.size / 1e6:.0f} MB, 100 are allowed")
    if (thumbnail := package.part("thumbnail")) and package.path(thumbnail).exists():
        found += rules.thumbnail_problems(package.path(thumbnail))
    if (film := package.part("film")) and film.size > rules.FILM_BYTES:
        found.append(f"the film has {film.size / 2**30:.0f} GiB, 256 are allowed")
    if film and not film.size:
        found.append(f"the film {film.file} is empty")
    if wish.at is not None:
        found += rules.schedule_problems(wish.at, now, wish.privacy)
    return found


def _ready(package: Package, wish: calls.Wish, now: datetime) -> None:
    if found := problems(package, wish, now):
        raise RuleError(f"nothing was sent: {'; '.join(found)}")
    if package.open:
        raise PackageError(f"nothing was sent: the package is not complete: {'; '.join(package.open)}")
    if changed := package.changed():
        raise PackageError(
            f"nothing was sent: {', '.join(changed)} changed since the package was made; run `tapehead package` again"
        )


def dry_run(package: Package, wish: calls.Wish, now: datetime) -> dict[str, Any]:
    """What would be sent, as plain data.  No token is read and no network is touched.

    Raises:
        RuleError: the package breaks a rule of the platform.
    """
    if found := problems(package, wish, now):
        raise RuleError(f"this would not be sent: {'; '.join(found)}")
    requests = [call.to_data() for call in calls.planned(service(), package, wish)]
    return {
        "episode": package.episode,
        "open": list(package.open) + [f"{name} changed since packaging" for name in package.changed()],
        "scopes": list(calls.scopes_for(package, wish)),
        "requests": requests,
        "quota": {
            "units": sum(call["quota"] for call in requests if call["method"] != "videos.insert"),
            "uploads": 1,
        },
    }


def publish(
    package: Package,
    wish: calls.Wish,
    patience: Patience,
    *,
    again: bool = False,
    tell: Callable[[int, int], None] = lambda _sent, _size: None,
    place: Place = Place(),
) -> Receipt:
    """Upload a film and all that belongs to it, or go on with what an earlier run began.

    Raises:
        RuleError, PackageError: nothing was sent.
        AlreadyUploadedError: this very film was uploaded before, and ``again`` was not asked for.
        PublishError: something did not go through; running it again goes on from there.
    """
    _ready(package, wish, patience.now())
    film = package.part("film")
    if film is None:
        raise PackageError("nothing was sent: the package has no film")
    with alone(film.sha256):
        journal = Journal.load(film.sha256, film.size)
        known = [receipt for receipt in receipts(package.folder) if receipt.film == film.sha256]
        if not again and (journal.complete or (known and not journal.video and not journal.session)):
            video = journal.video or known[-1].video
            raise AlreadyUploadedError(
                f"this film was uploaded before, as https://youtu.be/{video}; `tapehead publish --update` changes its "
                "words and captions, `--again` uploads a second copy"
            )
        if again:
            before = (*journal.before, *([journal.video] if journal.video else []))
            journal = Journal(film.sha256, film.size, before=before).save()
        sender = _sender(package, wish, patience, place)
        try:
            upload = Upload(sender, package, wish, journal, tell, place.chunk, place.host)
            journal = upload.run()
            receipt = _receipt(package, journal, patience)
            keep(package.folder, receipt)
            try:
                same = same_metadata(journal, upload.call.request)
                _follow(sender, package, wish, receipt, first=True, as_uploaded=same)
            finally:
                _note(sender, receipt, package)
            journal.save(complete=True)
        finally:
            signin.keep_renewed(sender.credentials)
    return receipt


def update(
    package: Package,
    wish: calls.Wish,
    patience: Patience,
    *,
    privacy: str = "",
    place: Place = Place(),
) -> Receipt:
    """Bring an uploaded film's words, captions, thumbnail and (if given) privacy up to the package.

    Raises:
        PackageError: the package's film is not the one that was uploaded.
    """
    _ready(package, wish, patience.now())
    film, known = package.part("film"), receipts(package.folder)
    if not known:
        raise PublishError(f"there is no {RECEIPT} in {package.folder}: this film was not uploaded from here")
    receipt = known[-1]
    if film is None or receipt.film != film.sha256:
        raise PackageError(
            "the film has changed since it was uploaded, and YouTube cannot exchange a film; `tapehead publish` "
            "uploads the new one"
        )
    with alone(film.sha256):
        journal = Journal.load(film.sha256, film.size)
        if journal.video and receipt.video not in (journal.video, *journal.before):
            raise PublishError(
                f"{package.folder / RECEIPT} tells of the video {receipt.video}, and this machine has uploaded the "
                f"film as {journal.video}: nothing was changed; move the receipt away if it is not yours"
            )
        sender = _sender(package, replace(wish, privacy="public"), patience, place)  # changes need the wider scope
        try:
            receipt.title = package.title
            receipt.files = {part.file: part.sha256 for part in package.parts}
            _follow(sender, package, wish, receipt, first=False, as_uploaded=False, privacy=privacy)
            if journal.video == receipt.video:
                journal.save(complete=True)
        finally:
            _note(sender, receipt, package)
            signin.keep_renewed(sender.credentials)
    return receipt


_CHOSEN_THERE = ("privacyStatus", "publishAt", "embeddable", "publicStatsViewable", "license")
"""What people change on YouTube itself: an update leaves it alone unless it is told otherwise."""


class SignedIn(Sender):
    """A sender that knows whose token it uses, to keep it when it was renewed."""

    credentials: Any


def _sender(package: Package, wish: calls.Wish, patience: Patience, place: Place) -> SignedIn:
    scopes = calls.scopes_for(package, wish)
    credentials = signin.credentials(scopes)
    sender = SignedIn(service(credentials, place.host, place.timeout_s), patience, tuple(credentials.scopes or scopes))
    sender.credentials = credentials
    patience.say(quota.used(patience.now()).text(patience.now()))
    return sender


def _receipt(package: Package, journal: Journal, patience: Patience) -> Receipt:
    for receipt in receipts(package.folder):
        if receipt.video == journal.video:
            return receipt
    return Receipt(
        film=journal.film,
        video=journal.video,
        uploaded=patience.now().isoformat(timespec="seconds"),
        title=package.title,
        files={part.file: part.sha256 for part in package.parts},
    )


def _follow(
    sender: SignedIn,
    package: Package,
    wish: calls.Wish,
    receipt: Receipt,
    *,
    first: bool,
    as_uploaded: bool,
    privacy: str = "",
) -> None:
    """All that comes after the upload; ``as_uploaded`` says that the metadata went with the film."""
    if wish.captions:
        for part in package.each("captions"):
            steps.captions(sender, package, part, receipt)
    if thumbnail := package.part("thumbnail"):
        steps.thumbnail(sender, package, thumbnail, receipt)
    if wish.playlist:
        steps.playlist(sender, wish.playlist, receipt)
    if calls.MANAGE not in calls.scopes_for(package, wish) and as_uploaded:
        receipt.steps["compared"] = "not allowed by this sign-in"
        return
    snippet, status = calls.snippet_of(package), calls.status_of(package, wish)
    if first:
        status["privacyStatus"] = wish.privacy
    else:  # what was not asked for stays as it is
        status = {name: value for name, value in status.items() if name not in _CHOSEN_THERE}
        status |= {"privacyStatus": privacy} if privacy else {}
        status |= {"publishAt": calls.status_of(package, wish)["publishAt"]} if wish.at else {}
    receipt.differences = steps.settle(sender, receipt, {"snippet": snippet, "status": status})
    receipt.steps["metadata"] = {"privacy": status.get("privacyStatus", "as it was")}


def _note(sender: SignedIn, receipt: Receipt, package: Package) -> None:
    """Write down what was sent and what it cost, also when a step failed."""
    receipt.requests += sender.sent
    sender.sent = []
    receipt.quota["units"] = receipt.quota.get("units", 0) + sender.spent
    receipt.quota["uploads"] = receipt.quota.get("uploads", 0) + sender.uploads
    keep(package.folder, receipt)
    sender.patience.say(quota.used(sender.patience.now()).text(sender.patience.now()))
