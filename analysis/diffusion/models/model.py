"""A diffusion model as it is used: what it reads, predicts, shows and codes, whatever it was made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import UsageError

ATTRIBUTE_FILE = "attributes.safetensors"
"""Beside an embedded model: the regressor that reads attributes off its pictures."""
INPAINTING, PICTURED = 5, 4
"""Channels beside x_t: a mask and the latent of the masked picture; the latent of a picture."""
LEAST_SIGNAL = 1e-3
"""sqrt(a_t) below which a time is noise and nothing else: nobody can tell x_0 from it."""


@dataclass(frozen=True, eq=False)
class DiffusionModel:
    """A diffusion model in evaluation mode, with what it needs to read words and to show pictures.

    ``vae``, ``text_encoder`` and ``tokenizer`` are ``None`` for a model on pixels, ``image_encoder`` (CLIP's, which
    compares pictures and makes none) for most pipelines.  ``name`` is what the badge says;
    ``digest`` changes with weights, configurations or tokenizer; ``directory`` holds the files.
    """

    name: str
    digest: str
    directory: Path
    unet: Any
    scheduler: Any
    vae: Any = None
    text_encoder: Any = None
    tokenizer: Any = None
    device: str = "cpu"
    text_encoder_2: Any = None
    tokenizer_2: Any = None
    kind: str = ""
    zeros_for_nothing: bool = False
    image_encoder: Any = None

    @property
    def conditional(self) -> bool:
        """Whether it takes captions."""
        return self.text_encoder is not None or self.text_encoder_2 is not None

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of x_t; without those that an inpainting U-Net takes beside it."""
        config = self.unet.config
        size = config.sample_size
        height, width = (size, size) if isinstance(size, int) else size
        return int(config.in_channels) - self.beside, int(height), int(width)

    @property
    def beside(self) -> int:
        """Channels that the U-Net takes beside x_t."""
        latent = getattr(getattr(self.vae, "config", None), "latent_channels", None)
        return 0 if latent is None else int(self.unet.config.in_channels) - int(latent)

    def called(self, unet: Any, x: Any, t: Any, states: Any) -> Any:
        """What ``unet`` (this model's, or a copy of it) says of x (n, *shape) at ``t``: (n, *shape).

        Channels beside x_t are filled as if the whole picture were to be painted anew; SDXL's sizes are those of the
        model's own square.  A learned variance in further channels is dropped.
        """
        import torch

        more: dict[str, Any] = {}
        if self.beside:
            x = torch.cat([x, self._beside.to(x.dtype).expand(x.shape[0], -1, -1, -1)], dim=1)
        if states is not None and self.text_encoder_2 is not None:
            wide = int(self.text_encoder_2.config.projection_dim)
            pooled, states = states[:, -1, :wide], states[:, :-1]
            more["added_cond_kwargs"] = {
                "text_embeds": pooled,
                "time_ids": self._sizes.to(pooled.dtype).expand(len(pooled), -1),
            }
        said = unet(x, t, **more).sample if states is None else unet(x, t, states, **more).sample
        return said[:, : self.shape[0]] if said.shape[1] != self.shape[0] else said

    @cached_property
    def _beside(self) -> Any:
        """(1, channels, height, width): the mask is one everywhere, and the picture behind it is grey."""
        import torch

        grey = torch.full((1, 3, self.size, self.size), 0.5)
        mask = torch.ones(1, self.beside - self.shape[0], *self.shape[1:], device=self.device)
        return torch.cat([mask, self.code(grey)], dim=1) if self.beside == INPAINTING else 0 * self.code(grey)

    @cached_property
    def _sizes(self) -> Any:
        """SDXL's (1, 6): size of the original, corner of the crop, size wanted; its refiner's (1, 5) ends in a mark."""
        import torch

        config = self.unet.config
        wide = int(self.text_encoder_2.config.projection_dim)
        count = (int(config.projection_class_embeddings_input_dim) - wide) // int(config.addition_time_embed_dim)
        side = float(self.size)
        ids = [side, side, 0.0, 0.0, side, side] if count == 6 else [side, side, 0.0, 0.0, 6.0]
        return torch.tensor([ids], device=self.device)

    @property
    def size(self) -> int:
        """Side of its pictures in pixels."""
        side = self.shape[1]
        return side if self.vae is None else side * 2 ** (len(self.vae.config.block_out_channels) - 1)

    @property
    def prompt_length(self) -> int:
        """Tokens of a caption that the text encoder takes, with the first and the last one; 0 without captions."""
        reader = self.text_encoder if self.text_encoder is not None else self.text_encoder_2
        return int(reader.config.max_position_embeddings) if reader is not None else 0

    def read(self, prompts: Sequence[str]) -> Any:
        """Text states (n, tokens, width) of captions, for ``encoder_hidden_states``; ``None`` without captions.

        Raises:
            UsageError: captions for a model that takes none, or one that is too long.
        """
        import torch

        if not self.conditional:
            if any(prompts):
                raise UsageError(
                    f"the model '{self.name}' takes no captions; asked for '{next(filter(None, prompts))}'"
                )
            return None
        pairs = [
            (words, reader)
            for words, reader in ((self.tokenizer, self.text_encoder), (self.tokenizer_2, self.text_encoder_2))
            if reader is not None
        ]
        for prompt in prompts:
            count = max(len(words(prompt)["input_ids"]) for words, _ in pairs)
            if count > self.prompt_length:
                raise UsageError(
                    f"the caption '{prompt}' has {count - 2} tokens; '{self.name}' takes {self.prompt_length - 2}"
                )
        found = []
        pooled: Any = None
        with torch.no_grad():
            for words, reader in pairs:
                ids = words(
                    list(prompts),
                    padding="max_length",
                    max_length=self.prompt_length,
                    truncation=True,
                    return_tensors="pt",
                ).input_ids.to(self.device)
                if self.text_encoder_2 is None:
                    return reader(ids)[0]
                # SDXL: the last layer but one of each, side by side, and one state for the whole caption.
                said = reader(ids, output_hidden_states=True)
                found.append(said.hidden_states[-2])
                pooled = said[0]
        states = torch.cat(found, dim=-1)
        # The caption's own state goes along as a last token, so that states are one tensor for every model.
        states = torch.cat([states, states.new_zeros(len(states), 1, states.shape[2])], dim=1)
        states[:, -1, : pooled.shape[1]] = pooled
        if self.zeros_for_nothing:
            states[[not prompt for prompt in prompts]] = 0
        return states

    def show(self, x0: Any) -> Any:
        """Pictures (n, 3, size, size) in [0, 1], fp32, of clean x0 (n, *shape)."""
        import torch

        with torch.no_grad():
            if self.vae is not None:
                shift = getattr(self.vae.config, "shift_factor", None) or 0.0
                x0 = self.vae.decode(x0 / self.vae.config.scaling_factor + shift).sample
            return (x0.float() / 2 + 0.5).clamp(0, 1)

    def code(self, pictures: Any) -> Any:
        """x0 (n, *shape) of pictures (n, 3, size, size) in [0, 1]: the posterior mean, scaled.

        Raises:
            UsageError: pictures of another size.
        """
        import torch

        if tuple(pictures.shape[1:]) != (3, self.size, self.size):
            raise UsageError(
                f"'{self.name}' takes pictures (n, 3, {self.size}, {self.size}); these are {tuple(pictures.shape)}"
            )
        x = (pictures * 2 - 1).to(self.device)
        if self.vae is None:
            return x
        with torch.no_grad():
            shift = getattr(self.vae.config, "shift_factor", None) or 0.0
            coded = self.vae.encode(x.to(self.vae.dtype))
            latent = coded.latent_dist.mean if hasattr(coded, "latent_dist") else coded.latents
            return (latent - shift) * self.vae.config.scaling_factor

    def attribute_file(self) -> Path | None:
        """Weights of the regressor that came with an embedded model; ``None`` for others."""
        path = self.directory / ATTRIBUTE_FILE
        return path if path.is_file() else None
