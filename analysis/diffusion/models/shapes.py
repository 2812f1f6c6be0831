"""The embedded diffusion models' shapes: diffusers modules with random weights, by size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tapehead.analysis.diffusion.puppets.captions import END, LENGTH, START, byte_pairs

STEPS = 1000
"""Length of the noise schedules."""


@dataclass(frozen=True)
class PixelShape:
    """``puppet-32``: a U-Net on pixels."""

    size: int = 32
    channels: tuple[int, ...] = (16, 32, 64)
    groups: int = 8


@dataclass(frozen=True)
class LatentShape:
    """``puppet-64``: Stable Diffusion's shape in small."""

    size: int = 64
    coder_channels: tuple[int, ...] = (16, 32, 64)
    latent_channels: int = 4
    channels: tuple[int, ...] = (32, 64, 128)
    heads: int = 4
    text_width: int = 64
    text_layers: int = 2
    groups: int = 8

    @property
    def latent_size(self) -> int:
        """Side of a latent: each level but one of the autoencoder halves the picture."""
        return self.size // 2 ** (len(self.coder_channels) - 1)


def pixel_unet(shape: PixelShape, seed: int) -> Any:
    """``UNet2DModel`` with attention at its coarsest level."""
    import torch
    from diffusers import UNet2DModel

    torch.manual_seed(seed)
    plain = len(shape.channels) - 1
    return UNet2DModel(
        sample_size=shape.size,
        block_out_channels=shape.channels,
        layers_per_block=1,
        norm_num_groups=shape.groups,
        attention_head_dim=8,
        down_block_types=("DownBlock2D",) * plain + ("AttnDownBlock2D",),
        up_block_types=("AttnUpBlock2D",) + ("UpBlock2D",) * plain,
    )


def autoencoder(shape: LatentShape, seed: int) -> Any:
    """``AutoencoderKL``; its scaling factor is 1, for its latents are made to have variance 1."""
    import torch
    from diffusers import AutoencoderKL

    torch.manual_seed(seed)
    levels = len(shape.coder_channels)
    return AutoencoderKL(
        block_out_channels=shape.coder_channels,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        layers_per_block=1,
        norm_num_groups=shape.groups,
        latent_channels=shape.latent_channels,
        sample_size=shape.size,
        scaling_factor=1.0,
    )


def latent_unet(shape: LatentShape, seed: int) -> Any:
    """``UNet2DConditionModel`` with cross-attention on all levels but the coarsest, and in the middle."""
    import torch
    from diffusers import UNet2DConditionModel

    torch.manual_seed(seed)
    crossed = len(shape.channels) - 1
    return UNet2DConditionModel(
        sample_size=shape.latent_size,
        in_channels=shape.latent_channels,
        out_channels=shape.latent_channels,
        block_out_channels=shape.channels,
        down_block_types=("CrossAttnDownBlock2D",) * crossed + ("DownBlock2D",),
        up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * crossed,
        layers_per_block=1,
        norm_num_groups=shape.groups,
        attention_head_dim=shape.heads,
        cross_attention_dim=shape.text_width,
    )


def text_encoder(shape: LatentShape, seed: int) -> Any:
    """``CLIPTextModel`` for the captions.

    Its embeddings begin larger than CLIP's (0.5 and 0.1 instead of 0.02): words must differ from the first step on.
    """
    import torch
    from transformers import CLIPTextConfig, CLIPTextModel

    vocabulary, _ = byte_pairs()
    torch.manual_seed(seed)
    model = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(vocabulary),
            hidden_size=shape.text_width,
            intermediate_size=4 * shape.text_width,
            projection_dim=shape.text_width,
            num_hidden_layers=shape.text_layers,
            num_attention_heads=4,
            max_position_embeddings=LENGTH,
            bos_token_id=vocabulary[START],
            eos_token_id=vocabulary[END],
            pad_token_id=vocabulary[END],
        )
    )
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("token_embedding.weight"):
                parameter.normal_(0, 0.5)
            elif name.endswith("position_embedding.weight"):
                parameter.normal_(0, 0.1)
    return model


def pixel_scheduler() -> Any:
    """The noise of ``puppet-32``: linear, v-prediction."""
    from diffusers import DDIMScheduler

    return DDIMScheduler(
        num_train_timesteps=STEPS,
        beta_schedule="linear",
        prediction_type="v_prediction",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
    )


def latent_scheduler() -> Any:
    """The noise of ``puppet-64``: Stable Diffusion's, with v-prediction.

    With epsilon the loss gives hardly any weight to high noise, where layout, colours and words are settled.
    """
    from diffusers import DDIMScheduler

    return DDIMScheduler(
        num_train_timesteps=STEPS,
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
    )
