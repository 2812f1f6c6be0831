"""Everything that a run of ``tapehead directions`` leaves in its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tapehead.analysis.diffusion.lab import bases
from tapehead.analysis.diffusion.lab.advice import advice
from tapehead.analysis.diffusion.lab.figures import figures_of
from tapehead.analysis.results import Result
from tapehead.render.lab import moving, report

HEADINGS = {
    "picture": "The picture, inverted and brought back",
    "basis": "The leading directions",
    "walk": "Walks along them",
    "test": "Would random directions do as much?",
    "carried": "The same directions elsewhere",
    "removal": "The component moved to another level",
    "local": "Local directions",
}
_ARRAYS = ("channel", "row", "h")
"""Axes of pictures, directions and tangents: they are in results.safetensors and in pictures, and in no table."""


def slim(parts: Mapping[str, Result]) -> dict[str, Result]:
    """The parts without what no table can hold."""
    return {
        name: replace(
            part,
            quantities={key: one for key, one in part.quantities.items() if not set(one.axes) & set(_ARRAYS)},
        )
        for name, part in parts.items()
    }


def write_run(
    parts: Mapping[str, Result],
    folder: Path,
    settings: Mapping[str, Any],
    formats: Sequence[str] = ("pdf", "svg", "png"),
) -> list[Path]:
    """Results, basis, pictures, tables, figures, notebook; the page comes last.

    Raises:
        OutputError: the folder cannot be written.
    """

    def basis_and_pictures() -> list[Path]:
        basis = folder / "basis.safetensors"
        bases.save_basis(parts["basis"], basis)
        return [basis, *write_pictures(parts, folder / "pictures")]

    def told() -> report.Report:
        picture = parts["picture"]
        title = f"Directions of {picture.facts['source']} in {picture.model}"
        return report.Report(
            title, picture.model, HEADINGS, sentences(parts), verdict(parts), figures_of(parts), _notebook(title)
        )

    return report.write_run(parts, told, folder, settings, formats, basis_and_pictures, slim(parts))


def write_pictures(parts: Mapping[str, Result], folder: Path) -> list[Path]:
    """The start, both ends of every direction, a sheet for each, the grid, and the walk of the strongest as a film."""
    picture, walk = parts["picture"], parts["walk"]
    paths = [
        moving.write_png(folder / f"{name}.png", moving.rows_of(picture[name])) for name in ("asked", "reconstruction")
    ]
    shown = moving.rows_of(walk["picture"])  # (time, family, direction, place, row, column, 3)
    for n, time in enumerate(walk.quantity("change").labels["time"]):
        paths.append(moving.write_png(folder / f"t{time}-grid.png", moving.sheet(shown[n, 0])))
        for i in range(shown.shape[2]):
            name = f"t{time}-direction-{i + 1}"
            paths.append(moving.write_png(folder / f"{name}-strip.png", moving.sheet(shown[n, :, i])))
            for end, place in (("minus", 0), ("plus", -1)):
                paths.append(moving.write_png(folder / f"{name}-{end}.png", shown[n, 0, i, place]))
    best = int(parts["test"]["best_direction"]) - 1
    frames = moving.enlarged(shown[0, :, best])  # (family, place, …): found and its controls side by side
    walked = moving.there_and_back(frames.swapaxes(0, 1))
    film = [moving.sheet(frame[None]) for frame in walked]
    import numpy as np

    paths.append(moving.write_gif(folder / "walk.gif", np.stack(film)))
    paths.append(moving.write_mp4(folder / "walk.mp4", np.stack(film)))
    if float(parts["local"]["there"]):
        local = moving.rows_of(parts["local"]["picture"])
        for i in range(local.shape[1]):
            paths.append(moving.write_png(folder / f"local-{i + 1}-strip.png", moving.sheet(local[:, i])))
    if float(parts["carried"]["there"]):
        for n in range(len(parts["carried"]["kept"])):
            rows = moving.rows_of(parts["carried"]["picture"])[n, :, 0]
            paths.append(moving.write_png(folder / f"carried-{n + 1}.png", moving.sheet(rows)))
    rows = moving.rows_of(parts["removal"]["picture"])
    paths.append(moving.write_png(folder / "removal.png", moving.sheet(rows)))
    return paths


def sentences(parts: Mapping[str, Result]) -> dict[str, str]:
    """One sentence per part with its numbers and its control."""

    def read(part: str, name: str) -> float:
        return float(parts[part][name])

    picture, test = parts["picture"], parts["test"]
    t = int(picture["t"][0])
    scored = bool(test["scored"])
    said = {
        "picture": (
            f"{picture.facts['source']}. Inverted to t = {int(max(picture['t']))} in "
            f"{read('picture', 'inversion_steps'):.0f} "
            f"steps and denoised again it comes back with a root mean square error of {read('picture', 'error'):.3f} "
            f"(through the autoencoder alone: {read('picture', 'coded_error'):.3f}). Control: a picture made from "
            f"another "
            f"seed is {read('picture', 'other_error'):.3f} away.{beside(picture)}"
        ),
        "basis": (
            f"At t = {t} the first direction moves the bottleneck {read('basis', 'main_ratio'):.1f} times as much as a "
            f"random nudge; in an untrained network of the same build {read('basis', 'main_untrained_ratio'):.1f} "
            f"times. "
            f"The largest residual is {read('basis', 'worst_residual'):.1g}, after "
            f"{', '.join(f'{x:.0f}' for x in parts['basis']['products'])} products."
        ),
        "walk": (
            f"Walks go {read('walk', 'reach'):.0f} % of |x_t| to either side ({parts['walk'].facts['walk']}). The "
            f"random control had to go {read('walk', 'longer'):.1f} times as far (median) to move the bottleneck as "
            f"much.{_as_seen(parts['walk'])}"
        ),
        "test": (
            f"Direction {read('test', 'best_direction'):.0f} does most: "
            + (f"{read('test', 'best'):.2f} on {test.facts['attribute']}" if scored else f"{read('test', 'best'):.3f}")
            + f". The best of {read('test', 'draws'):.0f} random sets of the same length does "
            f"{read('test', 'random_best'):.2f} (p = {read('test', 'p'):.2g}); as loud in the bottleneck, "
            f"{read('test', 'loud_best'):.2f} (p = {read('test', 'loud_p'):.2g})."
            + ("" if scored else " Without a scorer these are changes of the picture, and nothing is claimed.")
        ),
        "removal": (
            f"Along direction {read('removal', 'direction'):.0f} x_t has {read('removal', 'component'):.2f}; "
            f"{read('removal', 'others'):.0f} other pictures have {read('removal', 'others_mean'):.2f} ± "
            f"{read('removal', 'others_spread'):.2f}. Moved to their mean the picture changes by "
            f"{read('removal', 'mean_change'):.3f}, moved as far at random by {read('removal', 'mean_control'):.3f}."
        ),
    }
    if nexts := advice(parts):
        said["test"] += " To try next: " + " ".join(nexts)
    if parts["carried"]["there"]:
        said["carried"] = (
            f"What the directions change elsewhere correlates with what they change here: laid over as they are "
            f"{read('carried', 'plain_alike'):.2f}, carried {read('carried', 'published_alike'):.2f}; a random tangent "
            f"{read('carried', 'random_alike'):.2f} (size). Of the tangents {read('carried', 'kept_published'):.0f} "
            f"% are "
            f"left (random ones: {read('carried', 'kept_random'):.0f} %)."
        )
    if parts["local"]["there"]:
        said["local"] = (
            f"{parts['local'].facts['mask']}. Within the mask the local directions change the picture "
            f"{read('local', 'local_concentration'):.1f} times as much as outside it, random ones of the same length "
            f"{read('local', 'random_concentration'):.1f} times."
        )
    return said


def beside(picture: Result) -> str:
    """What an inpainting network is given beside the picture: it wants more channels than x_t has."""
    if not picture.facts.get("channels"):
        return ""
    return (
        " The network takes further channels beside the noisy picture, as inpainting ones do: they are filled as if "
        "nothing were to be kept and the whole picture painted anew."
    )


def _as_seen(walk: Result) -> str:
    """How far the ends are from the unedited picture as networks see it: reported, and nothing is claimed."""
    kinds = {
        "end_distance": ("In the autoencoder's features the ends lie", "from the unedited picture"),
        "end_clip_alike": ("CLIP's embeddings of ends and unedited picture have a cosine of", "(1: no difference)"),
        "end_clip_score": ("The CLIP score of the ends with the prompt is", "(of 100)"),
    }
    told = ""
    for name, (before, after) in kinds.items():
        if name in walk.quantities:
            own, long, loud = (float(value) for value in walk[name])
            told += f" {before} {own:.3g} {after}; random, as long: {long:.3g}; as loud: {loud:.3g}."
    return told


def verdict(parts: Mapping[str, Result]) -> str:
    """Whether something was found, in one sentence."""
    test = parts["test"]
    if float(parts["cautions"]["found"]):
        return (
            f"Direction {float(test['best_direction']):.0f} moves {test.facts['attribute']} by "
            f"{float(test['best']):.2f}; "
            f"the best of {float(test['draws']):.0f} random sets of the same length "
            f"{float(test['random_best']):.2f}, and "
            f"of those that the bottleneck hears as loudly {float(test['loud_best']):.2f}."
        )
    if not float(test["scored"]):
        return "There are directions, edits and distances; without a scorer nothing is claimed about what they mean."
    return "Nothing was found that stands up to its controls."


def _notebook(title: str) -> list[tuple[str, str]]:
    return [
        ("markdown", f"# {title}\nMade by `tapehead directions`. The results lie beside this notebook."),
        (
            "code",
            "from pathlib import Path\n\nimport tapehead\n"
            "from tapehead.analysis.diffusion.lab.results import load\n\n"
            'parts = load(Path("."))\n'
            'dict(parts["cautions"].facts) or "no cautions"',
        ),
        ("code", '{name: sorted(part.quantities) for name, part in parts.items() if part["there"]}'),
        (
            "code",
            "import matplotlib.pyplot as plt\n\n"
            'walk = parts["walk"]["picture"][0, 0]  # (direction, place, channel, row, column) of the main time\n'
            'fig, axes = plt.subplots(*walk.shape[:2], figsize=(9, 5), layout="constrained", squeeze=False)\n'
            "for row, pictures in zip(axes, walk):\n"
            "    for place, picture in zip(row, pictures):\n"
            "        place.imshow(picture.transpose(1, 2, 0))\n"
            '        place.axis("off")',
        ),
        (
            "code",
            "# One number with its place, as the films read it:\n"
            'parts["test"].read("best"), parts["test"].read("random_best"), parts["test"].read("p")',
        ),
    ]
