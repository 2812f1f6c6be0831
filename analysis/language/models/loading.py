"""One loader for every GPT-2-shaped model: the embedded ``mini``, a hub name, or a local Hugging Face directory.

Weights are read from safetensors only, since a pickle can run code.  Nothing is fetched unless ``download`` is set.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import MissingPartError, UsageError, first_line
from tapehead.analysis.model_files import (
    ModelError,
    Shapes,
    check_entries,
    check_finite,
    check_room,
    check_shapes,
    files_digest,
    read_table,
    refuse_pickle,
    weight_files,
    weight_shapes,
)
from tapehead.analysis.outside_files import shown
from tapehead.analysis.pretrained import check_device, quiet

__all__ = ["LanguageModel", "ModelError", "load_model", "model_digest"]

EMBEDDED = "mini"
NEEDED = (
    "config.json",
    "generation_config.json",
    "*.safetensors",
    "*.safetensors.index.json",
    "tokenizer*",
    "vocab.json",
    "merges.txt",
    "added_tokens.json",
    "special_tokens_map.json",
)
"""What is fetched of a hub repository: no pickles."""

_MOST = {"n_layer": 200, "n_head": 1024, "n_embd": 2**16, "n_positions": 2**20, "vocab_size": 2**22, "n_inner": 2**18}
"""Bounds of a GPT-2's measures, ten times and more of the largest one's."""
_DEFAULTS: dict[str, Any] = {"n_layer": 12, "n_head": 12, "n_embd": 768, "n_positions": 1024, "n_inner": None}
"""What a configuration means that leaves a measure away."""
_ORDINARY: dict[str, Any] = {
    "scale_attn_weights": True,
    "scale_attn_by_inverse_layer_idx": False,
    "add_cross_attention": False,
}


@dataclass(frozen=True, eq=False)
class LanguageModel:
    """A GPT-2-shaped model in evaluation mode, fp32, with its tokenizer.

    ``name`` is what the badge says; ``digest`` changes with weights, configuration or tokenizer.
    """

    name: str
    digest: str
    hf: Any
    tokenizer: Any
    device: str = "cpu"

    @property
    def layers(self) -> int:
        """Number of blocks."""
        return int(self.hf.config.n_layer)

    @property
    def heads(self) -> int:
        """Attention heads per block."""
        return int(self.hf.config.n_head)

    @property
    def context(self) -> int:
        """Longest prompt in tokens."""
        return int(self.hf.config.n_positions)

    @property
    def words(self) -> int:
        """Size of the vocabulary that the logits run over."""
        return int(self.hf.config.vocab_size)

    @property
    def bos(self) -> int:
        """Id of the first token.

        Raises:
            ModelError: the tokenizer has neither a first nor a last token.
        """
        for found in (self.tokenizer.bos_token_id, self.tokenizer.eos_token_id):
            if found is not None:
                return int(found)
        raise ModelError(f"the tokenizer of '{self.name}' has no first token; ask for prompts without it")

    @cached_property
    def bridge(self) -> Any:
        """TransformerLens' ``TransformerBridge`` of the same weights, for hooks; made at first use.

        It gets a copy, because wrapping changes the model that it is given.
        """
        from transformer_lens.model_bridge import TransformerBridge

        with quiet():
            bridge = TransformerBridge.boot_transformers(
                self.hf.config.name_or_path or self.name,
                hf_model=copy.deepcopy(self.hf),
                tokenizer=self.tokenizer,
                device=self.device,
            )
        bridge.eval()
        return bridge


def embedded_directory() -> Path:
    """Where ``mini`` lies in the installation."""
    from importlib.resources import files

    return Path(str(files("tapehead.assets"))) / "models" / EMBEDDED


def load_model(name: str = EMBEDDED, device: str = "cpu", download: bool = False) -> LanguageModel:
    """The model called ``name``.

    Args:
        name: ``mini``, a hub name such as ``gpt2``, or a directory with ``config.json`` and safetensors.
        device: ``cpu``, ``cuda``, ``cuda:1``, ``mps``.
        download: whether a hub name may be fetched from the network.

    Raises:
        MissingPartError: the weights are not on this machine; the message says how to get them.
        ModelError: they are a pickle, damaged, or not GPT-2-shaped.
        UsageError: the device is not there.
    """
    check_device(device)
    directory = find_directory(name, download)
    return read_directory(directory, _badge(name), device)


def model_digest(name: str = EMBEDDED, download: bool = False) -> str:
    """Digest of the model's files: equal to ``load_model(name).digest``, without loading it.

    Raises:
        MissingPartError, ModelError: as :func:`load_model`.
    """
    directory = find_directory(name, download)
    config = read_config(directory)
    check_tokenizer(directory)
    weights = weight_files(directory)
    check_weights(directory, config, weights)
    return files_digest(directory, weights)


def find_directory(name: str, download: bool = False) -> Path:
    """Directory of the model's files, without reading them; the network is asked only if ``download``."""
    if name == EMBEDDED:
        directory = embedded_directory()
        if not (directory / "config.json").is_file():
            raise MissingPartError(
                f"the embedded model '{EMBEDDED}' is not in {directory}: install again (pip install -e .), "
                "or make it: tapehead train mini"
            )
        return directory
    path = Path(name).expanduser()
    if path.is_dir() and name.strip():
        return path
    if path.is_file():
        refuse_pickle(path)
        raise ModelError(f"'{name}' is a file; name the directory that holds config.json and model.safetensors")
    if name.startswith((".", "/", "~")) or not name.strip() or name.count("/") > 1:
        raise UsageError(f"there is no directory '{name}'; the embedded model is called '{EMBEDDED}'")
    return _from_hub(name, download)


def _from_hub(name: str, download: bool) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    tried = ""
    try:
        directory = Path(snapshot_download(name, allow_patterns=list(NEEDED), local_files_only=not download))
        if list(directory.glob("*.safetensors")):
            return directory
        tried = " as safetensors"
    except HFValidationError:
        raise UsageError(
            f"there is no directory '{name}', and no hub name looks like that; the embedded model is '{EMBEDDED}'"
        ) from None
    except Exception as error:
        if download:
            tried = f" and could not be fetched ({first_line(error)})"
    raise MissingPartError(
        f"the weights of '{name}' are not on this machine{tried}. With a network: "
        f"hf download {name} config.json model.safetensors tokenizer.json; "
        "or copy these files into a directory and name that as the model. "
        f"The embedded model '{EMBEDDED}' is there and needs nothing"
    )


def read_directory(directory: Path, name: str, device: str = "cpu") -> LanguageModel:
    """Read a Hugging Face directory after checking that it is whole, without code in it, and GPT-2-shaped."""
    from transformers import AutoTokenizer, GPT2LMHeadModel

    config = read_config(directory)
    weights = weight_files(directory)
    check_weights(directory, config, weights)
    check_tokenizer(directory)
    import torch

    with quiet():
        try:
            loaded: Any = GPT2LMHeadModel.from_pretrained(
                str(directory),
                local_files_only=True,
                use_safetensors=True,
                dtype=torch.float32,
                output_loading_info=True,
            )
        except Exception as error:
            raise ModelError(f"the weights in {directory} do not fit its config.json: {first_line(error)}") from error
        model, loading = loaded
        wrong = sorted(str(key) for kind in ("missing_keys", "mismatched_keys") for key in loading.get(kind, ()))
        if wrong:
            raise ModelError(f"the weights in {directory} do not fit its config.json: {', '.join(wrong[:3])}")
        try:
            tokenizer = AutoTokenizer.from_pretrained(str(directory), local_files_only=True, trust_remote_code=False)
        except Exception as error:
            raise ModelError(f"no usable tokenizer in {directory}: {first_line(error)}") from error
    if len(tokenizer) > config["vocab_size"]:
        raise ModelError(
            f"the tokenizer in {directory} has {len(tokenizer)} words, the model only {config['vocab_size']}"
        )
    check_finite(model, f"the weights in {directory}")
    digest = files_digest(directory, weights)
    return LanguageModel(name, digest, model.to(device).eval(), tokenizer, device)


def read_config(directory: Path) -> dict[str, Any]:
    """``config.json`` of a directory.

    Raises:
        ModelError: it is missing, unreadable, or describes something else than an ordinary GPT-2.
    """
    path = directory / "config.json"
    try:
        config = read_table(path)
    except FileNotFoundError:
        raise ModelError(f"no config.json in {directory}: not a Hugging Face model directory") from None
    check_entries(directory)
    kind = _plain(config.get("model_type"))
    if kind != "gpt2":
        raise ModelError(f"{directory} holds a model of type '{kind}'; the circuit analyses need type 'gpt2'")
    for field, wanted in _ORDINARY.items():
        if config.get(field, wanted) != wanted:
            raise ModelError(f"{path}: {field} is {_plain(config[field])}; the circuit analyses need {wanted}")
    config = _DEFAULTS | config
    for field, most in _MOST.items():
        value = config.get(field)
        if field == "n_inner" and value is None:
            continue
        if type(value) is not int or not 1 <= value <= most:
            raise ModelError(f"{path}: {field} is {_plain(value)}; it must be a whole number from 1 to {most}")
    if config["n_embd"] % config["n_head"]:
        raise ModelError(f"{path}: n_embd {config['n_embd']} is no multiple of n_head {config['n_head']}")
    epsilon = config.get("layer_norm_epsilon", 1e-5)
    if isinstance(epsilon, bool) or not isinstance(epsilon, int | float) or not 0 < epsilon < 1:
        raise ModelError(f"{path}: layer_norm_epsilon is {_plain(epsilon)}; it must be a small positive number")
    return config


def _plain(value: Any) -> str:
    """A value as a message names it; a short word without quotes."""
    return value if isinstance(value, str) and value.isprintable() and len(value) <= 60 else shown(value)


def check_weights(directory: Path, config: dict[str, Any], files: list[Path]) -> None:
    """Compare the headers of the weights with what a GPT-2 of this configuration has, before anything is built.

    Raises:
        ModelError: a tensor is missing or of another shape, there are layers too many, or memory for all of it is not
            there.
    """
    there: Shapes = {}
    for path in files:
        there |= {name.removeprefix("transformer."): shape for name, shape in weight_shapes(path).items()}
    check_room([there], f"the model in {directory}")
    check_shapes(_asked(config), there, directory)
    if more := [name for name in there if name.startswith(f"h.{config['n_layer']}.")]:
        raise ModelError(
            f"the weights in {directory} do not fit its config.json: n_layer is {config['n_layer']}, and there is "
            f"{more[0]}"
        )


def _asked(config: dict[str, Any]) -> Shapes:
    """Shapes of a GPT-2's tensors (Radford et al. 2019, in the names and the input × output order of transformers)."""
    width, inner = config["n_embd"], config["n_inner"] or 4 * config["n_embd"]
    block: Shapes = {"ln_1.weight": (width,), "ln_1.bias": (width,), "ln_2.weight": (width,), "ln_2.bias": (width,)}
    sizes = {"attn.c_attn": (width, 3 * width), "attn.c_proj": (width, width)}
    sizes |= {"mlp.c_fc": (width, inner), "mlp.c_proj": (inner, width)}
    for name, (into, out) in sizes.items():
        block[f"{name}.weight"] = into, out
        block[f"{name}.bias"] = (out,)
    found: Shapes = {"wte.weight": (config["vocab_size"], width), "wpe.weight": (config["n_positions"], width)}
    found |= {f"h.{n}.{name}": shape for n in range(config["n_layer"]) for name, shape in block.items()}
    return found | {"ln_f.weight": (width,), "ln_f.bias": (width,)}


def check_tokenizer(directory: Path) -> None:
    """See that a tokenizer is there; without its files transformers would make up an empty one.

    Raises:
        ModelError: neither ``tokenizer.json`` nor GPT-2's own two files are there.
    """
    for names in (("tokenizer.json",), ("vocab.json", "merges.txt")):
        if all((directory / name).is_file() for name in names):
            return
    raise ModelError(f"no tokenizer.json in {directory}; copy it from where the weights are from")


def _badge(name: str) -> str:
    path = Path(name).expanduser()
    return name if name == EMBEDDED or not path.is_dir() else path.resolve().name


def single_token(model: LanguageModel, word: str, what: str) -> int:
    """Id of ``word`` as it stands inside a sentence (with a space before it).

    Raises:
        UsageError: it is more than one token for this tokenizer, or unknown to it.
    """
    ids = model.tokenizer(f" {word}", add_special_tokens=False)["input_ids"]
    if len(ids) != 1:
        raise UsageError(f"{what} '{word}' is {len(ids)} tokens for '{model.name}'; it must be one")
    if ids[0] == model.tokenizer.unk_token_id:
        raise UsageError(f"{what} '{word}' is not in the vocabulary of '{model.name}'")
    return int(ids[0])
