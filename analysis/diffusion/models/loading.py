"""One loader for every diffusion model: the embedded puppets, Stable Diffusion 1.x/2.x, or a local directory.

Weights are read from safetensors only, since a pickle can run code.  Nothing is fetched unless ``download`` is set.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import MissingPartError, UsageError
from tapehead.analysis.language.models.loading import check_device
from tapehead.analysis.model_files import (
    ModelError,
    Shapes,
    check_entries,
    check_finite,
    check_numbers,
    check_room,
    check_shapes,
    files_digest,
    read_table,
    weight_shapes,
)
from tapehead.analysis.outside_files import shown

EMBEDDED = "puppet-64"
"""What analyses run on if the user names no model."""
SHIPPED = (EMBEDDED, "puppet-32")
"""Models that come with the installation, to be looked at and taken apart."""
SIMPLER = ("puppet-32-two", "puppet-32-four", "puppet-32-all")
"""They come along for one comparison (C4): siblings of puppet-32 that differ in how many attributes vary."""
NAMES = (*SHIPPED, *SIMPLER)
"""Models that ``tapehead train`` makes."""
ATTRIBUTE_FILE = "attributes.safetensors"
"""Beside an embedded model: the regressor that reads attributes off its pictures."""

KINDS = ("StableDiffusionPipeline", "DDIMPipeline", "DDPMPipeline")
_PARTS = {"unet": True, "scheduler": False, "vae": True, "text_encoder": True, "tokenizer": False}
_CLASSES = {
    "unet": ("UNet2DConditionModel", "UNet2DModel"),
    "vae": ("AutoencoderKL",),
    "text_encoder": ("CLIPTextModel",),
    "tokenizer": ("CLIPTokenizer", "CLIPTokenizerFast"),
}
"""What each part of the known pipelines is; a scheduler may be any of diffusers'."""
_LIBRARIES = ("diffusers", "transformers", "stable_diffusion", None)
"""Where parts may come from; the third is the checker of old pipelines, which is not loaded."""
_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt")
_FETCHED = [
    "model_index.json",
    "*/config.json",
    "scheduler/*.json",
    "tokenizer/*",
    "unet/diffusion_pytorch_model.safetensors",
    "vae/diffusion_pytorch_model.safetensors",
    "text_encoder/model.safetensors",
]
"""What is fetched of a hub repository: no pickles, no safety checker, one precision."""


@dataclass(frozen=True, eq=False)
class DiffusionModel:
    """A diffusion model in evaluation mode, with what it needs to read words and to show pictures.

    ``vae``, ``text_encoder`` and ``tokenizer`` are ``None`` for a model on pixels.  ``name`` is what the badge says;
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

    @property
    def conditional(self) -> bool:
        """Whether it takes captions."""
        return self.text_encoder is not None

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of x_t."""
        config = self.unet.config
        size = config.sample_size
        height, width = (size, size) if isinstance(size, int) else size
        return int(config.in_channels), int(height), int(width)

    @property
    def size(self) -> int:
        """Side of its pictures in pixels."""
        side = self.shape[1]
        return side if self.vae is None else side * 2 ** (len(self.vae.config.block_out_channels) - 1)

    @property
    def prompt_length(self) -> int:
        """Tokens of a caption that the text encoder takes, with the first and the last one; 0 without captions."""
        return int(self.text_encoder.config.max_position_embeddings) if self.conditional else 0

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
        for prompt in prompts:
            count = len(self.tokenizer(prompt)["input_ids"])
            if count > self.prompt_length:
                raise UsageError(
                    f"the caption '{prompt}' has {count - 2} tokens; '{self.name}' takes {self.prompt_length - 2}"
                )
        ids = self.tokenizer(
            list(prompts), padding="max_length", max_length=self.prompt_length, truncation=True, return_tensors="pt"
        ).input_ids
        with torch.no_grad():
            return self.text_encoder(ids.to(self.device))[0]

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
            return (self.vae.encode(x.to(self.vae.dtype)).latent_dist.mean - shift) * self.vae.config.scaling_factor

    def attribute_file(self) -> Path | None:
        """Weights of the regressor that came with an embedded model; ``None`` for others."""
        path = self.directory / ATTRIBUTE_FILE
        return path if path.is_file() else None


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
    _checked_kind(directory)
    return directory_digest(directory)


def directory_digest(directory: Path) -> str:
    """One digest over weights, configurations and tokenizer of a directory, and its regressor if it has one."""
    weights = [path for part in _PARTS for path in (directory / part).glob("*.safetensors")]
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
        _refuse_pickle(path)
        raise ModelError(f"'{name}' is a file; name the directory that holds model_index.json")
    if name.startswith((".", "/", "~")) or not name.strip() or name.count("/") != 1:
        raise UsageError(f"there is no directory '{name}'; the embedded models are {', '.join(SHIPPED)}")
    return _from_hub(name, download)


def _from_hub(name: str, download: bool) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    tried = ""
    try:
        directory = Path(snapshot_download(name, allow_patterns=_FETCHED, local_files_only=not download))
        if list(directory.glob("unet/*.safetensors")):
            return directory
        tried = " as safetensors"
    except HFValidationError:
        raise UsageError(
            f"there is no directory '{name}', and no hub name looks like that; "
            f"the embedded models are {', '.join(SHIPPED)}"
        ) from None
    except Exception as error:
        if download:
            tried = f" and could not be fetched ({_first_line(error)})"
    patterns = " ".join(f"--include '{pattern}'" for pattern in _FETCHED)
    raise MissingPartError(
        f"the weights of '{name}' are not on this machine{tried}. With a network: hf download {name} {patterns}; "
        "or copy these files into a directory and name that as the model. "
        f"The embedded model '{EMBEDDED}' is there and needs nothing"
    )


def read_directory(directory: Path, name: str, device: str = "cpu") -> DiffusionModel:
    """Read a directory that diffusers saved, after checking that it is whole and has no code in it."""
    import torch

    kind = _checked_kind(directory, built=True)
    import diffusers

    options: dict[str, Any] = {"local_files_only": True, "use_safetensors": True, "dtype": torch.float32}
    if kind == "StableDiffusionPipeline":
        options |= {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
        options |= {"image_encoder": None}
    with _quiet():
        try:
            pipeline = getattr(diffusers, kind).from_pretrained(str(directory), **options)
        except Exception as error:
            raise ModelError(f"the parts in {directory} do not fit together: {_first_line(error)}") from error
    parts: dict[str, Any] = {part: getattr(pipeline, part, None) for part in _PARTS}
    for part in ("unet", "vae", "text_encoder"):
        if parts[part] is not None:
            check_finite(parts[part], f"the {part} in {directory}")
            parts[part] = parts[part].to(device).eval().requires_grad_(False)
    _check_schedule(parts["scheduler"], directory)
    return DiffusionModel(name, directory_digest(directory), directory, device=device, **parts)


def _checked_kind(directory: Path, built: bool = False) -> str:
    """The pipeline's class name, after a look at every file that would be read.

    With ``built`` each part is built on paper and compared with its weights, for which the libraries are loaded.
    """
    path = directory / "model_index.json"
    try:
        index = read_table(path)
    except FileNotFoundError:
        for found in sorted(directory.iterdir()):
            _refuse_pickle(found)
        raise ModelError(f"no model_index.json in {directory}: not a directory that diffusers saved") from None
    check_entries(directory, folders=True)
    kind = index.get("_class_name")
    if "_class_name" not in index:
        raise ModelError(f"{path} cannot be read: it has no _class_name")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ModelError(
            f"{directory} holds a {kind if isinstance(kind, str) else shown(kind)}; there is code here for "
            f"{', '.join(KINDS)}"
        )
    for part, entry in index.items():
        if isinstance(entry, list) and (len(entry) != 2 or not _trusted(entry[0])):
            raise ModelError(
                f"{path}: the {part} comes from {shown(entry[0] if entry else entry)}; only diffusers and "
                "transformers are trusted"
            )
    shapes = []
    for part in list(_PARTS) if kind == KINDS[0] else ["unet", "scheduler"]:
        library, name = index[part] if isinstance(index.get(part), list) else (index.get(part), None)
        if library not in ("diffusers", "transformers"):
            raise ModelError(
                f"{path}: the {part} comes from {shown(library)}; only diffusers and transformers are trusted"
            )
        known = _CLASSES.get(part, ())
        fits = name in known if known else isinstance(name, str) and name.isidentifier() and "Scheduler" in name
        if not fits:
            raise ModelError(f"{path}: the {part} is a {shown(name)}; there is code here for {' and '.join(known)}")
        if not (directory / part).is_dir():
            raise ModelError(f"no folder '{part}' in {directory}, which its model_index.json asks for")
        if _PARTS[part]:
            shapes.append(_check_weights(directory / part))
            if built:
                _check_fit(directory / part, str(name), shapes[-1])
        elif part == "scheduler" and (directory / part / "scheduler_config.json").is_file():
            config = directory / part / "scheduler_config.json"
            check_numbers(read_table(config), config)
    check_room(shapes, f"the model in {directory}")
    if (directory / ATTRIBUTE_FILE).is_file():
        weight_shapes(directory / ATTRIBUTE_FILE)
    return kind


def _trusted(library: object) -> bool:
    return library is None or (isinstance(library, str) and library in _LIBRARIES)


def _check_weights(folder: Path) -> Shapes:
    """Shapes of a part's tensors, by the headers of the files that are read."""
    from safetensors import SafetensorError, safe_open

    files = sorted(folder.glob("*.safetensors"))
    if not files:
        for path in sorted(folder.iterdir()):
            _refuse_pickle(path)
        raise ModelError(f"no safetensors in {folder}")
    found: Shapes = {}
    whole = [path for path in files if path.name in ("model.safetensors", "diffusion_pytorch_model.safetensors")]
    for path in files:
        if not path.is_file():
            raise ModelError(f"{path} is not there or is no file; get it again")
        shapes = weight_shapes(path)
        if path in whole or not whole:  # beside it there may be the same in another precision
            found |= shapes
        try:
            with safe_open(str(path), framework="numpy") as file:
                empty = not list(file.keys())
        except (SafetensorError, OSError) as error:
            raise ModelError(f"{path} is damaged or cut short ({_first_line(error)}); get the file again") from None
        if empty:
            raise ModelError(f"{path} holds no weights")
    return found


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
        with torch.device("meta"), _quiet():
            if kind == "CLIPTextModel":
                built: Any = transformers.CLIPTextModel(transformers.CLIPTextConfig.from_dict(dict(config)))
            else:
                built = getattr(diffusers, kind).from_config(dict(config))
        wanted = {name: tuple(weight.shape) for name, weight in built.named_parameters()}
    except Exception as error:  # whatever the libraries make of a wrong configuration
        why = _first_line(error)
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


def _check_schedule(scheduler: Any, directory: Path) -> None:
    """Noise levels are numbers between 0 and 1."""
    import torch

    levels = getattr(scheduler, "alphas_cumprod", None)
    if levels is not None and not (torch.isfinite(levels).all() and levels.min() >= 0 and levels.max() <= 1):
        raise ModelError(f"the scheduler in {directory} has noise levels that are none; look at its betas")


def _refuse_pickle(path: Path) -> None:
    if path.suffix in _PICKLES:
        raise ModelError(
            f"{path} is a pickle checkpoint, which can run code when it is read; only safetensors are read. "
            "Save it again with save_pretrained(..., safe_serialization=True) on a machine where you trust it"
        )


def _first_line(error: BaseException) -> str:
    """What a library says, on one line; it may quote a file of megabytes."""
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
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
