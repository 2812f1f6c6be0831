"""A minimal RO-Crate (https://w3id.org/ro/crate/1.1): the package's files as research data that others can cite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tapehead.render.package.manifest import Part
from tapehead.scenes.episode import Episode

CRATE = "ro-crate-metadata.json"
_PROFILE = "https://w3id.org/ro/crate/1.1"
_LICENCES = {
    "creativeCommon": "https://creativecommons.org/licenses/by/3.0/",
    "youtube": "https://www.youtube.com/static?template=terms",
}


def crate(episode: Episode, parts: Sequence[Part], provenance: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The crate's metadata: the root with its files, the software that made them, and what they rest on.

    No date enters but the one that the profile asks for, which is left to the publisher's receipt; equal films have
    equal crates.
    """
    software = {
        "@id": "#tapehead",
        "@type": "SoftwareApplication",
        "name": "tapehead",
        "softwareRequirements": ", ".join(f"{name} {v}" for name, v in sorted(provenance["versions"].items())),
    }
    cited = [
        {"@id": reference.url or f"#reference-{number}", "@type": "CreativeWork", "name": reference.text}
        | ({"license": reference.licence} if reference.licence else {})
        for number, reference in enumerate(episode.references, 1)
    ]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": episode.title,
        "description": episode.description,
        "keywords": ", ".join(episode.tags),
        "license": {"@id": _LICENCES[episode.licence]},
        "inLanguage": language,
        "hasPart": [{"@id": part.file} for part in parts],
        "citation": [{"@id": entry["@id"]} for entry in cited],
        "mentions": [{"@id": "#making"}],
    }
    making = {
        "@id": "#making",
        "@type": "CreateAction",
        "name": f"Rendering at {provenance['quality']} with seed {provenance['seed']}",
        "instrument": {"@id": "#tapehead"},
        "result": [{"@id": part.file} for part in parts],
    }
    licence = {"@id": _LICENCES[episode.licence], "@type": "CreativeWork", "name": episode.licence}
    about = {
        "@id": CRATE,
        "@type": "CreativeWork",
        "conformsTo": {"@id": _PROFILE},
        "about": {"@id": "./"},
    }
    return {
        "@context": f"{_PROFILE}/context",
        "@graph": [about, root, *(_file(part) for part in parts), software, making, *cited, licence],
    }


def _file(part: Part) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "@id": part.file,
        "@type": "File",
        "name": part.role,
        "encodingFormat": part.mime,
        "contentSize": str(part.size),
        "sha256": part.sha256,
    }
    return entry | ({"inLanguage": part.language} if part.language else {})
