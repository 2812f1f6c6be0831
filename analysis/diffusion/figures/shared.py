"""What figures of several diffusion analyses have in common: names of families and edits, and what captions say."""

from __future__ import annotations

from collections.abc import Mapping

from tapehead.analysis.figures import Series

FAMILIES = ("bottleneck", "eigenfaces", "isotropic")
"""Where directions come from, the model's own first; the others are controls that every episode asks for."""
ABOUT_FAMILIES = (
    "Low-pass: random directions as coarse as the model's own (where those are as fine as white noise, that is what "
    "these are). Same spectrum: random, with the power of the model's own in every channel and ring of frequencies. "
    "Eigenfaces: principal components of training pictures. "
    "Isotropic: random directions."
)
SPECTRA = ("trained", "random")
CHANNELS = 4
"""Channels of x_t of the models here."""
EDITS = ("unedited", "projection", "clean side", "random", "both", "eigenface")
"""Edits whose pictures are shown side by side."""
ABOUT_EDITS = (
    "Random: every sample is moved as far as by 'clean side', along a low-pass random direction. Told: the difference "
    "of the means with and without strings, which needs labels. Both: clean side along one, then along the other. "
    "Eigenface: clean side along the direction that the training pictures give without the network."
)


def panels(name: str, axis: str, labels: tuple[str, ...], **fixed: int | str) -> tuple[Series, ...]:
    """One panel, or one colour of bars, per label of an axis."""
    return tuple(Series(name, label=label, where={axis: label, **fixed}) for label in labels)


def channels_of(names: Mapping[str, str], **fixed: int | str) -> tuple[Series, ...]:
    """A panel per channel of each latent picture."""
    return tuple(
        Series(name, label=f"{label} {channel + 1}", where={"channel": channel, **fixed})
        for name, label in names.items()
        for channel in range(CHANNELS)
    )


def by_time(network: str) -> Series:
    """A network's relative spectrum, one line for each time."""
    return Series("relative", label=f"{network}, t =", style="line", where={"network": network}, over="time")
