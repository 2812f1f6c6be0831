"""One loader for every diffusion model: the embedded puppets, Stable Diffusion 1.x/2.x, or a local directory.

Weights are read from safetensors only, since a pickle can run code.  Nothing is fetched unless ``download`` is set.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tapehead.analysis.diffusion.models.model import ATTRIBUTE_FILE, INPAINTING, PICTURED, DiffusionModel
from tapehead.analysis.diffusion.models.pipeline_files import (
    AUTOENCODERS,
    PARTS,
    WORKS,
    checked_parts,
    index_of,
    quietly,
)
from tapehead.analysis.errors import MissingPartError, UsageError, first_line
from tapehead.analysis.model_files import (
    ModelError,
    check_finite,
    files_digest,
    refuse_pickle,
)
from tapehead.analysis.outside_files import shown
from tapehead.analysis.pretrained import check_device

EMBEDDED = "puppet-64"
"""What analyses run on if the user names no model."""
SHIPPED = (EMBEDDED, "puppet-32")
"""Models that come with the installation, to be looked at and taken apart."""
SIMPLER = ("puppet-32-two", "puppet-32-four", "puppet-32-all")
"""They come along for one comparison (C4): siblings of puppet-32 that differ in how many attributes vary."""
NAMES = (*SHIPPED, *SIMPLER)
"""Models that ``tapehead train`` makes."""
_FETCHED = [
    "model_index.json",
    "*/config.json",
    "scheduler/*.json",
    "tokenizer/*",
    "tokenizer_2/*",
    "unet/diffusion_pytorch_model.safetensors",
    "vae/diffusion_pytorch_model.safetensors",
    "vqvae/diffusion_pytorch_model.safetensors",
    "text_encoder/model.safetensors",
    "text_encoder_2/model.safetensors",
    "image_encoder/model.safetensors",
]
"""What is fetched of a hub repository: no pickles, no safety checker, one precision."""
_FETCHED_SHORT = [pattern.replace(".safetensors", ".fp16.safetensors") for pattern in _FETCHED]
"""The same where there are only weights in half precision."""
_FETCHED_ROOT = ["config.json", "scheduler_config.json", "diffusion_pytorch_model.safetensors"]
"""The old layout of pipelines that have nothing but a U-Net."""


def embedded_directory(name: str) -> Path:
    """Where an embedded model lies in the installation."""
    from importlib.resources import files

    return Path(str(files("tapehead.assets"))) / "models" / name


def load_model(name: str = EMBEDDED, device: str = "cpu", download: bool = False) -> DiffusionModel:
    """The model called ``name``, fp32.

    Args:
        name: one of :data:`NAMES`, a hub name such as ``stable-diffusion-v1-5/stable-diffusion-v1-5``, or a
            directory that diffusers saved.
        device: ``cpu``, ``cuda``, ``cuda:1``, ``mps``.
        download: whether a hub name may be fetched from the network.

    Raises:
        MissingPartError: the weights are not on this machine; the message says how to get them.
        ModelError: they are a pickle, damaged, or of a kind that is not known here.
        UsageError: the device is not there.
    """
    check_device(device)
    directory = find_directory(name, download)
    badge = name if name in NAMES or not Path(name).expanduser().is_dir() else directory.resolve().name
    return read_directory(directory, badge, device)


def model_digest(name: str = EMBEDDED, download: bool = False) -> str:
    """Digest of the model's files: equal to ``load_model(name).digest``, without loading it.

    Raises:
        MissingPartError, ModelError, UsageError: as :func:`load_model`.
    """
    directory = find_directory(name, download)
    checked_parts(directory)
    return directory_digest(directory)


def directory_digest(directory: Path) -> str:
    """One digest over weights, configurations and tokenizer of a directory, and its regressor if it has one."""
    folders = [*PARTS, *AUTOENCODERS[1:]]
    weights = [path for part in folders for path in (directory / part).glob("*.safetensors")]
    if not (directory / "unet").is_dir():  # the old layout
        weights += directory.glob("diffusion_pytorch_model*.safetensors")
    weights += [path for path in [directory / ATTRIBUTE_FILE] if path.is_file()]
    return files_digest(directory, weights, folders=True)


def find_directory(name: str, download: bool = False) -> Path:
    """Directory of the model's files, without reading them; the network is asked only if ``download``."""
    if name in NAMES:
        directory = embedded_directory(name)
        if not (directory / "model_index.json").is_file():
            there = [n for n in NAMES if (embedded_directory(n) / "model_index.json").is_file()]
            other = f", or name another one: --model {there[0]}" if there else ""
            raise MissingPartError(
                f"the embedded model '{name}' is not in {directory}: install again (pip install -e .), "
                f"make it (tapehead train {name} --out {directory}){other}"
            )
        return directory
    path = Path(name).expanduser()
    if path.is_dir() and name.strip():
        return path
    if path.is_file():
        refuse_pickle(path)
        raise ModelError(f"'{name}' is a file; name the directory that holds model_index.json")
    if name.startswith((".", "/", "~")) or not name.strip() or name.count("/") != 1:
        raise UsageError(f"there is no directory '{name}'; the embedded models are {', '.join(SHIPPED)}")
    return _from_hub(name, download)


def _from_hub(name: str, download: bool) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    tried = ""
    try:
        for patterns in (_FETCHED, [*_FETCHED_SHORT, *_FETCHED_ROOT]):
            directory = Path(snapshot_download(name, allow_patterns=patterns, local_files_only=not download))
            if list(directory.glob("unet/*.safetensors")) or list(directory.glob("diffusion_pytorch*.safetensors")):
                return directory
        tried = " as safetensors"
    except HFValidationError:
        raise UsageError(
            f"there is no directory '{name}', and no hub name looks like that; "
            f"the embedded models are {', '.join(SHIPPED)}"
        ) from None
    except Exception as error:
        if download:
            tried = f" and could not be fetched ({first_line(error)})"
    listed = " ".join(f"--include '{pattern}'" for pattern in _FETCHED)
    raise MissingPartError(
        f"the weights of '{name}' are not on this machine{tried}. With a network: hf download {name} {listed}; "
        "or copy these files into a directory and name that as the model. "
        f"The embedded model '{EMBEDDED}' is there and needs nothing"
    )


def read_directory(directory: Path, name: str, device: str = "cpu") -> DiffusionModel:
    """Read a directory that diffusers saved, after checking that it is whole and has no code in it."""
    import torch

    kind, there = checked_parts(directory, built=True)
    import diffusers
    import transformers

    parts: dict[str, Any] = {}
    with quietly():
        for part, found in there.items():
            library: Any = transformers if found.library == "transformers" else diffusers
            options: dict[str, Any] = {"local_files_only": True}
            if PARTS[part]:
                short = "dtype" if library is transformers else "torch_dtype"
                options |= {"use_safetensors": True, "variant": found.variant or None, short: torch.float32}
            try:
                parts[part] = getattr(library, found.name).from_pretrained(str(found.folder), **options)
            except Exception as error:
                raise ModelError(f"the {part} in {directory} cannot be read: {first_line(error)}") from error
    for part, module in parts.items():
        if PARTS[part]:
            check_finite(module, f"the {part} in {directory}")
            parts[part] = module.to(device).eval().requires_grad_(False)
    parts["scheduler"] = _usable_schedule(parts["scheduler"], directory)
    index = index_of(directory)
    model = DiffusionModel(
        name,
        directory_digest(directory),
        directory,
        device=device,
        kind=kind,
        zeros_for_nothing=bool(index.get("force_zeros_for_empty_prompt", False)),
        **parts,
    )
    _check_wants(model, directory)
    return model


def _check_wants(model: DiffusionModel, directory: Path) -> None:
    """See that the U-Net asks for nothing but x, t, words, and what is filled in here.

    Raises:
        ModelError: it wants class labels, a depth map, a picture's embedding or the like.
    """
    config = model.unet.config
    labels = getattr(config, "class_embed_type", None) or getattr(config, "num_class_embeds", None)
    added = getattr(config, "addition_embed_type", None)
    why = ""
    if labels is not None:
        why = "class labels, which nobody gives here"
    elif added not in (None, "text_time") or (added is not None and model.text_encoder_2 is None):
        why = f"an addition of the kind '{added}'"
    elif getattr(config, "encoder_hid_dim_type", None) not in (None, "text_proj"):
        why = f"the kind of words '{config.encoder_hid_dim_type}'"
    elif model.beside not in (0, INPAINTING, PICTURED):
        why = f"{model.beside} channels beside x_t (inpainting has {INPAINTING})"
    elif config.sample_size is None:
        why = "a size that its config.json does not tell (sample_size)"
    if why:
        raise ModelError(f"the U-Net in {directory} wants {why}; {WORKS}")


def _usable_schedule(scheduler: Any, directory: Path) -> Any:
    """The scheduler, whose noise levels are numbers between 0 and 1.

    Whichever it is, all that is needed of it are these levels and what the U-Net predicts: times are met exactly, so
    that its spacing of steps plays no part.

    Raises:
        ModelError: levels that are none, or a process that has none (flow matching, scores over sigmas).
    """
    import torch

    levels = getattr(scheduler, "alphas_cumprod", None)
    if levels is None:
        raise ModelError(
            f"the scheduler in {directory} is a {type(scheduler).__name__}, which has no noise levels a_t "
            f"(flow matching and score models have none); {WORKS}"
        )
    levels = torch.as_tensor(levels)
    if not (torch.isfinite(levels).all() and levels.min() >= 0 and levels.max() <= 1):
        raise ModelError(f"the scheduler in {directory} has noise levels that are none; look at its betas")
    predicts = getattr(scheduler.config, "prediction_type", "epsilon")
    if predicts not in ("epsilon", "v_prediction", "sample"):
        raise ModelError(
            f"the scheduler in {directory} says that the U-Net predicts {shown(predicts)}; known are epsilon, "
            "v_prediction and sample"
        )
    return scheduler
