"""What pictures are compared by: attributes where a scorer came with the model, and distances in any case.

A distance says that something changed and how much, never what: nothing is claimed from it alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.puppets.attributes import load_regressor, nearest_render, read_attributes
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES, render, sample_attributes

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class Eye:
    """Who looks at decoded pictures (n, 3, s, s) in [0, 1].

    regressor: reads the attributes; ``None`` where no scorer came with the model.
    """

    model: DiffusionModel
    regressor: Any = None

    @property
    def names(self) -> tuple[str, ...]:
        """Of the attributes that are read; none without a scorer."""
        return ATTRIBUTES if self.regressor is not None else ()

    def attributes(self, pictures: Tensor) -> np.ndarray:
        """(n, attributes); (n, 0) without a scorer."""
        if self.regressor is None:
            return np.zeros((len(pictures), 0), np.float32)
        found: np.ndarray = read_attributes(self.regressor, pictures).numpy()
        return found

    def change(self, pictures: Tensor, reference: Tensor) -> np.ndarray:
        """Root mean square difference (n,) to one picture (3, s, s)."""
        return np.asarray((pictures - reference).double().square().mean((1, 2, 3)).sqrt().numpy())

    def distance(self, pictures: Tensor, reference: Tensor, block: int = 16) -> np.ndarray:
        """Perceptual distance (n,) to one picture, in the features of the autoencoder's encoder; NaN without one.

        As LPIPS does (Zhang et al. 2018, arXiv 1801.03924), but unweighted: features of every level, of length 1 over
        their channels, mean squared difference over places, summed over levels.
        """
        import torch

        if self.model.vae is None:
            return np.full(len(pictures), np.nan)
        target = self._features(reference[None])
        found = []
        for part in pictures.split(block):
            rows = zip(self._features(part), target, strict=True)
            found.append(torch.stack([(a - b).square().sum(1).mean((1, 2)) for a, b in rows]).sum(0))
        return np.asarray(torch.cat(found).cpu().numpy())

    @property
    def clip(self) -> bool:
        """Whether the pipeline brings a CLIP that sees."""
        return self.model.image_encoder is not None

    @property
    def clip_reads(self) -> bool:
        """Whether it also brings that CLIP's reader: with a projection, and of as many dimensions."""
        reader = self.model.text_encoder_2
        if not self.clip or reader is None:
            return False
        return bool(reader.config.projection_dim == self.model.image_encoder.config.projection_dim)

    def alike(self, pictures: Tensor, reference: Tensor) -> np.ndarray:
        """Cosine (n,) between CLIP's embeddings of pictures and of one picture (3, s, s); NaN without a CLIP."""
        if not self.clip:
            return np.full(len(pictures), np.nan)
        return np.asarray((self._embedded(pictures) @ self._embedded(reference[None])[0]).numpy())

    def fitting(self, pictures: Tensor, prompt: str) -> np.ndarray:
        """CLIP score (n,) of pictures and a prompt: 100 max(cosine, 0); NaN without both halves of CLIP, or a prompt.

        As in Hessel et al. 2021 (arXiv 2104.08718), on the scale of 100 that is usual for pictures made from words.
        """
        import torch

        if not self.clip_reads or not prompt:
            return np.full(len(pictures), np.nan)
        model = self.model
        ids = model.tokenizer_2([prompt], padding="max_length", max_length=model.prompt_length, return_tensors="pt")
        with torch.no_grad():
            words = model.text_encoder_2(ids.input_ids.to(model.device)).text_embeds[0].double().cpu()
        cosine = self._embedded(pictures) @ (words / words.norm())
        return np.asarray(100 * cosine.clamp(min=0).numpy())

    def _embedded(self, pictures: Tensor, block: int = 16) -> Tensor:
        """Unit embeddings (n, d), fp64, of pictures as CLIP's own preparation makes them: its size, mean and spread."""
        import torch
        from torch.nn.functional import interpolate, normalize
        from transformers.utils.constants import OPENAI_CLIP_MEAN, OPENAI_CLIP_STD

        encoder = self.model.image_encoder
        size = int(encoder.config.image_size)
        mean, spread = (torch.tensor(one).view(3, 1, 1) for one in (OPENAI_CLIP_MEAN, OPENAI_CLIP_STD))
        found = []
        for part in pictures.split(block):
            fitted = part
            if part.shape[-1] != size:
                fitted = interpolate(part, (size, size), mode="bicubic", antialias=True).clamp(0, 1)
            with torch.no_grad():
                seen = encoder(((fitted - mean) / spread).to(self.model.device)).image_embeds
            found.append(normalize(seen.double().cpu(), dim=1))
        return torch.cat(found)

    def _features(self, pictures: Tensor) -> list[Tensor]:
        import torch
        from torch.nn.functional import normalize

        vae = self.model.vae
        kept: list[Tensor] = []
        hooks = [
            block.register_forward_hook(lambda _m, _i, out: kept.append(normalize(out.float(), dim=1)))
            for block in vae.encoder.down_blocks
        ]
        try:
            with torch.no_grad():
                vae.encode((pictures * 2 - 1).to(self.model.device, vae.dtype))
        finally:
            for hook in hooks:
                hook.remove()
        return kept

    def off(self, pictures: Tensor) -> np.ndarray:
        """Root mean square difference (n,) to the nearest picture that the scorer's world can draw; NaN without one."""
        import torch

        if self.regressor is None:
            return np.full(len(pictures), np.nan)
        return np.asarray(nearest_render(pictures, torch.from_numpy(self.attributes(pictures)))[1].numpy())

    def elsewhere(self, picture: Tensor, seed: int, count: int = 32) -> float:
        """Median root mean square difference of a picture to random ones of the scorer's world; NaN without one."""
        if self.regressor is None:
            return float("nan")
        others = render(sample_attributes(count, seed), picture.shape[-1])
        return float(np.median(self.change(others, picture)))


def eye_of(model: DiffusionModel) -> Eye:
    """Who looks at the model's pictures, with its scorer if one came with it."""
    path = model.attribute_file()
    return Eye(model, load_regressor(path) if path is not None else None)
