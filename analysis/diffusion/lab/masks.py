"""Masks of one's own: a picture that is light where directions may act, or a named region of the portraits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapehead.analysis.diffusion.pullback.masks import REGIONS, region
from tapehead.analysis.errors import UsageError
from tapehead.analysis.photographs import coloured, middle, opened
from tapehead.analysis.store import digest_of

if TYPE_CHECKING:
    from torch import Tensor

LIGHT = 127
"""Grey of 0 to 255 above which a mask is there."""


@dataclass(frozen=True, eq=False)
class Mask:
    """A region of a picture: (size, size) of 0 and 1, and how it was brought to that size."""

    pixels: Tensor
    told: str
    digest: str

    def places(self, height: int, width: int) -> Tensor:
        """The mask over the places of x_t (height, width): those that it covers at least half, else any that it meets.

        Raises:
            UsageError: it covers every place, so that there is no outside.
        """
        from torch.nn.functional import adaptive_avg_pool2d

        share = adaptive_avg_pool2d(self.pixels[None, None], (height, width))[0, 0]
        found = (share >= 0.5).float()
        found = found if bool(found.any()) else (share > 0).float()
        if bool(found.all()):
            raise UsageError("the mask covers the whole picture, so that nothing is local to it; leave --mask out")
        return found


def read_mask(name: str, size: int, frame: tuple[int, int] | None) -> Mask:
    """A mask: a picture that is light where directions may act, or a named region of the puppets' portraits.

    Args:
        name: a file, or one of :data:`~tapehead.analysis.diffusion.pullback.masks.REGIONS`.
        size: pixels of the model's pictures.
        frame: width and height of the picture that it belongs to; one of the same size is cut in the same way.

    Raises:
        UsageError: no such file or region, no picture, or an empty mask.
    """
    import numpy as np
    import torch
    from PIL import Image

    path = Path(name).expanduser()
    if name in REGIONS and not path.exists():
        return Mask(region(name, size), f"the region '{name}'", digest_of({"region": name}))
    if not path.exists():
        raise UsageError(f"there is no mask '{name}'; give a picture file, or a region: {', '.join(REGIONS)}")
    image, steps = opened(path)
    told = [f"{path.name}: {image.width} x {image.height}", *steps]
    image = coloured(image, told, "black").convert("L")
    _see_light(path, image, told, f"its lightest place is {image.getextrema()[1]} of 255")
    if frame is not None and image.size == frame:
        image = middle(image, told)
    elif image.width == image.height:
        pass
    else:
        told.append("of another size than the picture, so that its middle was taken")
        image = middle(image, told)
    _see_light(path, image, told, "what is light lies outside its middle square")
    if image.width != size:
        told.append(f"made {size} x {size}")
        image = image.resize((size, size), Image.Resampling.BOX)
    _see_light(path, image, told, f"its regions are too small to be seen at {size} x {size}")
    values = np.asarray(image) > LIGHT
    return Mask(
        torch.from_numpy(values.astype(np.float32)), ", ".join(told), digest_of({"mask": values.tobytes().hex()})
    )


def _see_light(path: Path, image: Any, told: list[str], why: str) -> None:
    """Refuse a mask (grey) in which nothing is light, saying at which step and why.

    Raises:
        UsageError: it is empty.
    """
    if image.getextrema()[1] <= LIGHT:
        raise UsageError(
            f"the mask {path} is empty (nothing in it is lighter than half: {why}; {', '.join(told)}); paint the "
            "region white"
        )
