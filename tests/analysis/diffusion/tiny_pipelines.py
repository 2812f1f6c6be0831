"""Random pipelines of every shape that is read, of a few thousand weights, as diffusers saves them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tapehead.analysis.diffusion.models import shapes
from tapehead.analysis.diffusion.puppets.captions import byte_pairs, make_tokenizer

SIDE = 8
"""Pixels of the pictures; latents have half of it."""
SHAPE = shapes.LatentShape(size=SIDE, coder_channels=(8, 16), channels=(8, 16), heads=2, text_width=16, text_layers=2)


def _text(kind: str, width: int, seed: int) -> Any:
    import torch
    import transformers

    torch.manual_seed(seed)
    vocabulary, _ = byte_pairs()
    config = transformers.CLIPTextConfig(
        vocab_size=len(vocabulary),
        hidden_size=width,
        intermediate_size=2 * width,
        projection_dim=width,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=32,
        bos_token_id=0,
        eos_token_id=1,
    )
    return getattr(transformers, kind)(config)


def _unet(seed: int, **more: Any) -> Any:
    import torch
    from diffusers import UNet2DConditionModel

    torch.manual_seed(seed)
    options: dict[str, Any] = {
        "sample_size": SHAPE.latent_size,
        "in_channels": 4,
        "out_channels": 4,
        "block_out_channels": (8, 16),
        "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
        "layers_per_block": 1,
        "norm_num_groups": 8,
        "attention_head_dim": 2,
        "cross_attention_dim": 16,
    }
    return UNet2DConditionModel(**(options | more))


def _write(directory: Path, kind: str, parts: Mapping[str, tuple[str, str, Any]], **index: Any) -> Path:
    """``parts``: name -> library, class, what has save_pretrained."""
    directory.mkdir(parents=True)
    told: dict[str, Any] = {"_class_name": kind, "_diffusers_version": "0.1", **index}
    for name, (library, called, part) in parts.items():
        part.save_pretrained(directory / name)
        told[name] = [library, called]
    (directory / "model_index.json").write_text(json.dumps(told))
    return directory


def _scheduler(kind: str = "DDIMScheduler", **config: Any) -> tuple[str, str, Any]:
    import diffusers

    made = getattr(diffusers, kind)(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", **config)
    return "diffusers", kind, made


def stable(directory: Path, kind: str = "StableDiffusionPipeline", *, scheduler: Any = None, unet: Any = None) -> Path:
    """Stable Diffusion's shape; other siblings by their class name, scheduler and U-Net.  No safety checker."""
    words = "diffusers", "UNet2DConditionModel", _unet(0) if unet is None else unet
    return _write(
        directory,
        kind,
        {
            "unet": words,
            "scheduler": scheduler or _scheduler(),
            "vae": ("diffusers", "AutoencoderKL", shapes.autoencoder(SHAPE, 1)),
            "text_encoder": ("transformers", "CLIPTextModel", _text("CLIPTextModel", 16, 2)),
            "tokenizer": ("transformers", "CLIPTokenizer", make_tokenizer()),
        },
        safety_checker=[None, None],
        feature_extractor=[None, None],
    )


def inpainting(directory: Path) -> Path:
    """Nine channels."""
    return stable(directory, "StableDiffusionInpaintPipeline", unet=_unet(3, in_channels=9))


def predicting(directory: Path, kind: str, scheduler: str = "PNDMScheduler") -> Path:
    """Another prediction and another scheduler."""
    return stable(directory, scheduler=_scheduler(scheduler, prediction_type=kind))


def extra_large(directory: Path) -> Path:
    """SDXL: two text encoders, added conditions."""
    unet = _unet(
        4,
        cross_attention_dim=32,
        addition_embed_type="text_time",
        addition_time_embed_dim=4,
        projection_class_embeddings_input_dim=16 + 6 * 4,
    )
    return _write(
        directory,
        "StableDiffusionXLPipeline",
        {
            "unet": ("diffusers", "UNet2DConditionModel", unet),
            "scheduler": _scheduler("EulerDiscreteScheduler"),
            "vae": ("diffusers", "AutoencoderKL", shapes.autoencoder(SHAPE, 1)),
            "text_encoder": ("transformers", "CLIPTextModel", _text("CLIPTextModel", 16, 2)),
            "text_encoder_2": (
                "transformers",
                "CLIPTextModelWithProjection",
                _text("CLIPTextModelWithProjection", 16, 5),
            ),
            "tokenizer": ("transformers", "CLIPTokenizer", make_tokenizer()),
            "tokenizer_2": ("transformers", "CLIPTokenizer", make_tokenizer()),
        },
        force_zeros_for_empty_prompt=True,
    )


def image_encoder(width: int, size: int = SIDE) -> Any:
    """CLIP's half that sees."""
    import torch
    import transformers

    torch.manual_seed(8)
    config = transformers.CLIPVisionConfig(
        hidden_size=16,
        intermediate_size=32,
        projection_dim=width,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=size,
        patch_size=4,
    )
    return transformers.CLIPVisionModelWithProjection(config)


def seeing(directory: Path, *, large: bool = True, width: int = 16, size: int = SIDE) -> Path:
    """SDXL's or Stable Diffusion's shape with a CLIP image encoder; ``width`` 16 is that of SDXL's second reader."""
    (extra_large if large else stable)(directory)
    image_encoder(width, size).save_pretrained(directory / "image_encoder")
    told = json.loads((directory / "model_index.json").read_text())
    told["image_encoder"] = ["transformers", "CLIPVisionModelWithProjection"]
    (directory / "model_index.json").write_text(json.dumps(told))
    return directory


def _pixel_unet(channels: int = 3) -> Any:
    import torch
    from diffusers import UNet2DModel

    torch.manual_seed(6)
    return UNet2DModel(
        sample_size=SIDE if channels == 3 else SIDE // 2,
        in_channels=channels,
        out_channels=channels,
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=8,
        attention_head_dim=8,
        down_block_types=("DownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D"),
    )


def denoising(directory: Path, kind: str = "DDPMPipeline", scheduler: str = "DDPMScheduler") -> Path:
    """A U-Net on pixels."""
    parts = {"unet": ("diffusers", "UNet2DModel", _pixel_unet()), "scheduler": _scheduler(scheduler)}
    return _write(directory, kind, parts)


def in_the_root(directory: Path, index: bool = True) -> Path:
    """The old layout: weights, config.json and scheduler_config.json beside the index, or without one."""
    denoising(directory)
    for part in ("unet", "scheduler"):
        for path in (directory / part).iterdir():
            shutil.move(path, directory / path.name)
        (directory / part).rmdir()
    if not index:
        (directory / "model_index.json").unlink()
    return directory


def latent_without_words(directory: Path) -> Path:
    """LDM: a quantising autoencoder called ``vqvae``."""
    import torch
    from diffusers import VQModel

    torch.manual_seed(7)
    coder = VQModel(
        in_channels=3,
        out_channels=3,
        block_out_channels=(8, 16),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        layers_per_block=1,
        norm_num_groups=8,
        latent_channels=3,
        num_vq_embeddings=32,
        sample_size=SIDE,
    )
    return _write(
        directory,
        "LDMPipeline",
        {
            "unet": ("diffusers", "UNet2DModel", _latent_unet()),
            "scheduler": _scheduler(),
            "vqvae": ("diffusers", "VQModel", coder),
        },
    )


def _latent_unet() -> Any:
    from diffusers import UNet2DModel

    config = dict(_pixel_unet().config)
    return UNet2DModel.from_config(config | {"sample_size": SIDE // 2})


def halved(directory: Path, variant: str = "fp16") -> Path:
    """The same directory with nothing but weights of a variant."""
    from safetensors.torch import load_file, save_file

    for path in directory.glob("*/*.safetensors"):
        short = {name: value.half() for name, value in load_file(path).items()}
        save_file(short, path.with_suffix(f".{variant}.safetensors"), {"format": "pt"})
        path.unlink()
    return directory


def without_a_unet(directory: Path) -> Path:
    """DiT, SD3 and the like, by their index alone."""
    directory.mkdir(parents=True)
    told = {
        "_class_name": "StableDiffusion3Pipeline",
        "transformer": ["diffusers", "SD3Transformer2DModel"],
        "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
        "vae": ["diffusers", "AutoencoderKL"],
    }
    (directory / "model_index.json").write_text(json.dumps(told))
    return directory
