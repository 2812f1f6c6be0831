"""One loader for every diffusion model: the embedded puppets, Stable Diffusion 1.x/2.x, or a local directory.

Weights are read from safetensors only, since a pickle can run code.  Nothing is fetched unless ``download`` is set.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
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
"""Some of the pipelines whose parts are known here.  What counts is the parts: any pipeline that is made of them will
do."""
WORKS = (
    "what works has a U-Net: Stable Diffusion 1.x and 2.x with their img2img and inpainting siblings, SDXL, and DDPM, "
    "DDIM and LDM pipelines"
)
_PARTS = {
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
_AUTOENCODERS = ("vae", "vqvae")
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
INPAINTING, PICTURED = 5, 4
"""Channels beside x_t: a mask and the latent of the masked picture; the latent of a picture."""
LEAST_SIGNAL = 1e-3
"""sqrt(a_t) below which a time is noise and nothing else: nobody can tell x_0 from it."""
_LIBRARIES = ("diffusers", "transformers", "stable_diffusion", None)
"""Where parts may come from; the third is the checker of old pipelines, which is not loaded."""
_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt")
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
    _checked(directory)
    return directory_digest(directory)


def directory_digest(directory: Path) -> str:
    """One digest over weights, configurations and tokenizer of a directory, and its regressor if it has one."""
    folders = [*_PARTS, *_AUTOENCODERS[1:]]
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
            tried = f" and could not be fetched ({_first_line(error)})"
    listed = " ".join(f"--include '{pattern}'" for pattern in _FETCHED)
    raise MissingPartError(
        f"the weights of '{name}' are not on this machine{tried}. With a network: hf download {name} {listed}; "
        "or copy these files into a directory and name that as the model. "
        f"The embedded model '{EMBEDDED}' is there and needs nothing"
    )


def read_directory(directory: Path, name: str, device: str = "cpu") -> DiffusionModel:
    """Read a directory that diffusers saved, after checking that it is whole and has no code in it."""
    import torch

    kind, there = _checked(directory, built=True)
    import diffusers
    import transformers

    parts: dict[str, Any] = {}
    with _quiet():
        for part, found in there.items():
            library: Any = transformers if found.library == "transformers" else diffusers
            options: dict[str, Any] = {"local_files_only": True}
            if _PARTS[part]:
                short = "dtype" if library is transformers else "torch_dtype"
                options |= {"use_safetensors": True, "variant": found.variant or None, short: torch.float32}
            try:
                parts[part] = getattr(library, found.name).from_pretrained(str(found.folder), **options)
            except Exception as error:
                raise ModelError(f"the {part} in {directory} cannot be read: {_first_line(error)}") from error
    for part, module in parts.items():
        if _PARTS[part]:
            check_finite(module, f"the {part} in {directory}")
            parts[part] = module.to(device).eval().requires_grad_(False)
    parts["scheduler"] = _usable_schedule(parts["scheduler"], directory)
    index = _index(directory)
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


@dataclass(frozen=True)
class _Part:
    """Where a part's class comes from, where its files lie, and which variant of its weights is read."""

    library: str
    name: str
    folder: Path
    variant: str = ""


def _index(directory: Path) -> dict[str, Any]:
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
        _refuse_pickle(found)
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


def _checked(directory: Path, built: bool = False) -> tuple[str, dict[str, _Part]]:
    """The pipeline's class name and its parts, after a look at every file that would be read.

    With ``built`` each part is built on paper and compared with its weights, for which the libraries are loaded.
    """
    path = directory / "model_index.json"
    index = _index(directory)
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
    found: dict[str, _Part] = {}
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
        if _PARTS[part]:
            variant, shape = _check_weights(folder)
            shapes.append(shape)
            if built:
                _check_fit(folder, str(name), shape)
        elif part == "scheduler" and (folder / "scheduler_config.json").is_file():
            config = folder / "scheduler_config.json"
            check_numbers(read_table(config), config)
        found[part] = _Part(library, str(name), folder, variant)
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
    for name in _AUTOENCODERS:
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
    from safetensors import SafetensorError, safe_open

    named = [
        path for path in sorted(folder.glob("*.safetensors")) if path.name.partition(".")[0].split("-")[0] in _WHOLE
    ]
    if not named:
        for path in sorted(folder.iterdir()):
            _refuse_pickle(path)
        raise ModelError(f"no safetensors in {folder}")
    variants = sorted({_variant_of(path.name) for path in named}, key=lambda one: (one != "", one != "fp16", one))
    files = [path for path in named if _variant_of(path.name) == variants[0]]
    whole = [path for path in files if "-of-" not in path.name]
    found: Shapes = {}
    for path in whole or files:
        if not path.is_file():
            raise ModelError(f"{path} is not there or is no file; get it again")
        found |= weight_shapes(path)
        try:
            with safe_open(str(path), framework="numpy") as file:
                empty = not list(file.keys())
        except (SafetensorError, OSError) as error:
            raise ModelError(f"{path} is damaged or cut short ({_first_line(error)}); get the file again") from None
        if empty:
            raise ModelError(f"{path} holds no weights")
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
        with torch.device("meta"), _quiet():
            if kind.startswith("CLIP"):
                configured = transformers.CLIPTextConfig if "Text" in kind else transformers.CLIPVisionConfig
                built: Any = getattr(transformers, kind)(configured.from_dict(dict(config)))
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
