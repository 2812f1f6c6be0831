"""The files of a pipeline, looked at before anything of them is loaded: its index, its parts, and what they ask for.

Weights are read from safetensors only, since a pickle can run code.  A part is built on paper and compared with the
headers of its weights, so that what does not fit is said in a sentence and not by a library halfway.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapehead.analysis.diffusion.models.model import ATTRIBUTE_FILE
from tapehead.analysis.errors import first_line
from tapehead.analysis.model_files import (
    ModelError,
    Shapes,
    check_entries,
    check_numbers,
    check_room,
    check_shapes,
    read_table,
    refuse_pickle,
    weight_shapes,
    whole_weights,
)
from tapehead.analysis.outside_files import shown

WORKS = (
    "what works has a U-Net: Stable Diffusion 1.x and 2.x with their img2img and inpainting siblings, SDXL, and DDPM, "
    "DDIM and LDM pipelines"
)
PARTS = {
    "unet": True,
    "scheduler": False,
    "vae": True,
    "text_encoder": True,
    "text_encoder_2": True,
    "tokenizer": False,
    "tokenizer_2": False,
    "image_encoder": True,
}
"""Parts by name, and whether they have weights."""
AUTOENCODERS = ("vae", "vqvae")
"""Names that an index has for the autoencoder."""
_CLASSES = {
    "unet": ("UNet2DConditionModel", "UNet2DModel"),
    "vae": ("AutoencoderKL", "VQModel"),
    "text_encoder": ("CLIPTextModel",),
    "text_encoder_2": ("CLIPTextModelWithProjection",),
    "tokenizer": ("CLIPTokenizer", "CLIPTokenizerFast"),
    "tokenizer_2": ("CLIPTokenizer", "CLIPTokenizerFast"),
    "image_encoder": ("CLIPVisionModelWithProjection",),
}
"""What each part of the known pipelines is; a scheduler may be any of diffusers'."""
_FORMERLY = {"UNetUnconditionalModel": "UNet2DModel", "UNetConditionalModel": "UNet2DConditionModel"}
"""Names that diffusers had for its classes before its first releases."""
_NEEDED = ("unet", "scheduler")
_LIBRARIES = ("diffusers", "transformers", "stable_diffusion", None)
"""Where parts may come from; the third is the checker of old pipelines, which is not loaded."""


@dataclass(frozen=True)
class Part:
    """Where a part's class comes from, where its files lie, and which variant of its weights is read."""

    library: str
    name: str
    folder: Path
    variant: str = ""


def index_of(directory: Path) -> dict[str, Any]:
    """The index, or that of a U-Net alone with its scheduler in the root, as the oldest pipelines have it.

    Raises:
        ModelError: neither is there, or it is no table.
    """
    path = directory / "model_index.json"
    try:
        return read_table(path)
    except FileNotFoundError:
        pass
    for found in sorted(directory.iterdir()):
        refuse_pickle(found)
    with contextlib.suppress(FileNotFoundError):
        kind = str(read_table(directory / "config.json").get("_class_name"))
        if _FORMERLY.get(kind, kind) == "UNet2DModel" and (directory / "scheduler_config.json").is_file():
            scheduler = read_table(directory / "scheduler_config.json").get("_class_name", "DDPMScheduler")
            return {
                "_class_name": "DDPMPipeline",
                "unet": ["diffusers", "UNet2DModel"],
                "scheduler": ["diffusers", scheduler],
            }
    raise ModelError(f"no model_index.json in {directory}: not a directory that diffusers saved")


def checked_parts(directory: Path, built: bool = False) -> tuple[str, dict[str, Part]]:
    """The pipeline's class name and its parts, after a look at every file that would be read.

    With ``built`` each part is built on paper and compared with its weights, for which the libraries are loaded.
    """
    path = directory / "model_index.json"
    index = index_of(directory)
    check_entries(directory, folders=True)
    kind = index.get("_class_name")
    if "_class_name" not in index:
        raise ModelError(f"{path} cannot be read: it has no _class_name")
    if not isinstance(kind, str) or not kind.isidentifier():
        raise ModelError(f"{directory} holds a {shown(kind)}, which is no pipeline's name; {WORKS}")
    for part, entry in index.items():
        if isinstance(entry, list) and (len(entry) != 2 or not _trusted(entry[0])):
            raise ModelError(
                f"{path}: the {part} comes from {shown(entry[0] if entry else entry)}; only diffusers and "
                "transformers are trusted"
            )
    if "unet" not in index and isinstance(index.get("transformer"), list):
        raise ModelError(
            f"{directory} holds a {kind}: a {shown(index['transformer'][1])} without a U-Net, so that it has no mid "
            f"block whose h could be read; {WORKS}"
        )
    wanted = _wanted(index, path)
    found: dict[str, Part] = {}
    shapes = []
    for part, entry in wanted.items():
        library, name = index[entry] if isinstance(index.get(entry), list) else (index.get(entry), None)
        if library not in ("diffusers", "transformers"):
            raise ModelError(
                f"{path}: the {entry} comes from {shown(library)}; only diffusers and transformers are trusted"
            )
        name = _FORMERLY.get(name, name) if isinstance(name, str) else name
        known = _CLASSES.get(part, ())
        fits = name in known if known else isinstance(name, str) and name.isidentifier() and "Scheduler" in name
        if not fits:
            raise ModelError(
                f"{path}: the {entry} is a {shown(name)}; there is code here for {' and '.join(known) or 'schedulers'}"
            )
        folder = _folder(directory, entry)
        variant = ""
        if PARTS[part]:
            variant, shape = _check_weights(folder)
            shapes.append(shape)
            if built:
                _check_fit(folder, str(name), shape)
        elif part == "scheduler" and (folder / "scheduler_config.json").is_file():
            config = folder / "scheduler_config.json"
            check_numbers(read_table(config), config)
        found[part] = Part(library, str(name), folder, variant)
    check_room(shapes, f"the model in {directory}")
    if (directory / ATTRIBUTE_FILE).is_file():
        weight_shapes(directory / ATTRIBUTE_FILE)
    return kind, found


def _wanted(index: Mapping[str, Any], path: Path) -> dict[str, str]:
    """Parts that are read, each with its name in the index.

    Raises:
        ModelError: a U-Net that takes words, and nothing that reads them or nothing that decodes.
    """
    there = {part: part for part in _NEEDED}
    for name in AUTOENCODERS:
        if isinstance(index.get(name), list) and index[name][0]:
            there.setdefault("vae", name)
    encoders = [
        part for part in ("text_encoder", "text_encoder_2") if isinstance(index.get(part), list) and index[part][0]
    ]
    unet = index.get("unet")
    words = isinstance(unet, list) and len(unet) == 2 and unet[1] in ("UNet2DConditionModel", "UNetConditionalModel")
    if words:
        if not encoders and "bert" in index:
            raise ModelError(f"{path}: its words are read by a {shown(index['bert'])}, not by CLIP; {WORKS}")
        for part in encoders or ["text_encoder"]:
            there |= {part: part, part.replace("text_encoder", "tokenizer"): part.replace("text_encoder", "tokenizer")}
        there.setdefault("vae", "vae")
    # Pictures are only compared by it: one of another kind, or one that was left out, is no reason to refuse a model.
    watcher = index.get("image_encoder")
    known = isinstance(watcher, list) and watcher[1] in _CLASSES["image_encoder"]
    if known and (path.parent / "image_encoder").is_dir():
        there["image_encoder"] = "image_encoder"
    return there


def _folder(directory: Path, entry: str) -> Path:
    """Where a part lies: in its folder, or in the root, where old pipelines keep a U-Net and its scheduler."""
    if (directory / entry).is_dir():
        return directory / entry
    root = {"unet": "config.json", "scheduler": "scheduler_config.json"}.get(entry)
    if root is not None and (directory / root).is_file():
        return directory
    raise ModelError(f"no folder '{entry}' in {directory}, which its model_index.json asks for")


def _trusted(library: object) -> bool:
    return library is None or (isinstance(library, str) and library in _LIBRARIES)


_WHOLE = ("model", "diffusion_pytorch_model")


def _variant_of(name: str) -> str:
    """``fp16`` of ``model.fp16.safetensors`` and ``model.fp16-00001-of-00002.safetensors``; empty without one."""
    inner = name.removesuffix(".safetensors").partition(".")[2]
    return inner.partition("-")[0]


def _check_weights(folder: Path) -> tuple[str, Shapes]:
    """Variant and shapes of a part's tensors, by the headers of the files that are read.

    Without a whole file in full precision another variant is read, ``fp16`` before others.
    """
    named = [
        path for path in sorted(folder.glob("*.safetensors")) if path.name.partition(".")[0].split("-")[0] in _WHOLE
    ]
    if not named:
        for path in sorted(folder.iterdir()):
            refuse_pickle(path)
        raise ModelError(f"no safetensors in {folder}")
    variants = sorted({_variant_of(path.name) for path in named}, key=lambda one: (one != "", one != "fp16", one))
    files = [path for path in named if _variant_of(path.name) == variants[0]]
    whole = [path for path in files if "-of-" not in path.name]
    found: Shapes = {}
    for path in whole or files:
        found |= whole_weights(path)
    return variants[0], found


def _check_fit(folder: Path, kind: str, there: Shapes) -> None:
    """Build a part of this configuration without memory for it, and compare what it asks for with what is there."""
    path = folder / "config.json"
    try:
        config = read_table(path)
    except FileNotFoundError:
        raise ModelError(f"no config.json in {folder}; get it again") from None
    check_numbers(config, path)
    import diffusers
    import torch
    import transformers

    why, wanted = "", {}
    try:
        with torch.device("meta"), quietly():
            if kind.startswith("CLIP"):
                configured = transformers.CLIPTextConfig if "Text" in kind else transformers.CLIPVisionConfig
                built: Any = getattr(transformers, kind)(configured.from_dict(dict(config)))
            else:
                built = getattr(diffusers, kind).from_config(dict(config))
        wanted = {name: tuple(weight.shape) for name, weight in built.named_parameters()}
    except Exception as error:  # whatever the libraries make of a wrong configuration
        why = first_line(error)
    if why:
        raise ModelError(f"{path} describes nothing that can be built: {why[:200]}")
    # Older files name the parts of attention and of the text encoder otherwise: the libraries know both.
    if set(wanted) <= set(there):
        check_shapes(wanted, there, folder)
        if more := sorted(name for name in set(there) - set(wanted) if "position_ids" not in name):
            raise ModelError(f"the weights in {folder} do not fit its config.json: {more[0]} would be left out")
    elif sorted(wanted.values()) != sorted(shape for name, shape in there.items() if "position_ids" not in name):
        missing = sorted(set(wanted) - set(there))
        raise ModelError(
            f"the weights in {folder} do not fit its config.json: {len(wanted)} tensors are asked for and {len(there)} "
            f"are there; {missing[0]} is missing"
        )


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """No progress bars and no advice while loading; warnings come back afterwards."""
    import diffusers.utils.logging as theirs
    from transformers.utils import logging as words

    levels = theirs.get_verbosity(), words.get_verbosity()
    theirs.set_verbosity_error()
    words.set_verbosity_error()
    theirs.disable_progress_bar()
    words.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        theirs.set_verbosity(levels[0])
        words.set_verbosity(levels[1])
        theirs.enable_progress_bar()
        words.enable_progress_bar()
