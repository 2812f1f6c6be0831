"""Models of any architecture that TransformerLens' bridge knows and that has attention heads and MLPs.

GPT-2-shaped models load as :class:`~tapehead.analysis.language.models.loading.LanguageModel` and get the fast engine;
all others load here.  Where a block keeps its heads and its MLP is read from the bridge's architecture adapter, so that
no family is listed by name; whatever cannot be opened there is refused with what is missing.
"""

from __future__ import annotations

import copy
import json
import traceback
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import first_line
from tapehead.analysis.language.models.loading import (
    EMBEDDED,
    LanguageModel,
    ModelError,
    find_directory,
    read_config,
    read_directory,
)
from tapehead.analysis.model_files import files_digest, weight_files
from tapehead.analysis.model_kinds import refuse_other_kind
from tapehead.analysis.pretrained import check_device, quiet, read_pretrained

WORKS = "GPT-2, GPT-Neo, GPT-NeoX (Pythia), Llama, Mistral, Qwen and Gemma work"
_TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json")

PROBE = "When Mary and John went to the store in 1732, John's friends gave a drink to Mary."
"""What two readings of a tokenizer are compared on."""


@dataclass(frozen=True)
class Places:
    """Where the parts of a network are, as dotted names: in the model, and (attention, MLP) in each block."""

    blocks: str
    attention: str
    output: str
    """The matrix that heads are written with, below the attention."""
    mlp: str
    norm: str
    unembed: str


@dataclass(frozen=True, eq=False)
class OpenModel(LanguageModel):
    """A causal language model of any family, with the names of its parts."""

    @property
    def _text_config(self) -> Any:
        get = getattr(self.hf.config, "get_text_config", None)
        return get() if get else self.hf.config

    @property
    def layers(self) -> int:
        """Number of blocks."""
        return int(self._text_config.num_hidden_layers)

    @property
    def heads(self) -> int:
        """Query heads per block."""
        return int(self._text_config.num_attention_heads)

    @property
    def context(self) -> int:
        """Longest prompt in tokens."""
        return int(getattr(self._text_config, "max_position_embeddings", 0) or 2**20)

    @property
    def words(self) -> int:
        """Size of the vocabulary that the logits run over."""
        return int(self._text_config.vocab_size)

    @cached_property
    def bridge(self) -> Any:
        """TransformerLens' bridge over the same weights: modules are copied, tensors are shared.

        Raises:
            ModelError: TransformerLens does not know the architecture.
        """
        from transformer_lens.model_bridge import TransformerBridge

        memo: dict[int, Any] = {id(one): one for one in (*self.hf.parameters(), *self.hf.buffers())}
        with quiet():
            try:
                bridge = TransformerBridge.boot_transformers(
                    self.hf.config.name_or_path or self.name,
                    hf_model=copy.deepcopy(self.hf, memo),
                    tokenizer=self.tokenizer,
                    device=self.device,
                )
            except Exception as error:
                raise ModelError(
                    f"TransformerLens cannot open '{self.name}' ({type(self.hf).__name__}): {_said(error)}; {WORKS}"
                ) from error
        bridge.eval()
        return bridge

    @cached_property
    def places(self) -> Places:
        """Where blocks, heads and MLPs are.

        Raises:
            ModelError: a part that the analyses need is not there.
        """
        parts = self.bridge.adapter.component_mapping

        def missing(what: str) -> ModelError:
            return ModelError(
                f"'{self.name}' ({type(self.hf).__name__}) has no {what}, as far as TransformerLens knows; "
                f"a circuit is made of attention heads and MLPs: {WORKS}"
            )

        for name, what in (("blocks", "blocks"), ("ln_final", "final norm"), ("unembed", "unembedding")):
            if name not in parts or not parts[name].name:
                raise missing(what)
        block = parts["blocks"].submodules
        attention = block.get("attn")
        if attention is None or not attention.name or "o" not in attention.submodules:
            raise missing("attention heads with an output matrix in its blocks")
        mlp = block.get("mlp")
        inner = mlp.name if mlp is not None and mlp.name else ""
        if not inner and mlp is not None and "out" in mlp.submodules:
            inner = mlp.submodules["out"].name  # OPT: the MLP is no module of its own, its output is one
        if not inner:
            raise missing("MLP in its blocks")
        return Places(
            parts["blocks"].name,
            attention.name,
            attention.submodules["o"].name,
            inner,
            parts["ln_final"].name,
            parts["unembed"].name,
        )


def load_any(name: str = EMBEDDED, device: str = "cpu", download: bool = False) -> LanguageModel:
    """The model called ``name``: ``mini``, a hub name, or a directory with ``config.json`` and safetensors.

    Raises:
        MissingPartError: the weights are not on this machine; the message says how to get them.
        ModelError: they are a pickle, damaged, or of a network without attention heads and MLPs.
        UsageError: the device is not there.
    """
    check_device(device)
    refuse_other_kind(name, "language")
    directory = find_directory(name, download)
    badge = name if name == EMBEDDED or not Path(name).expanduser().is_dir() else directory.resolve().name
    if _ordinary_gpt2(directory):
        return read_directory(directory, badge, device)
    model = _read_any(directory, badge, device)
    model.places  # noqa: B018 - what cannot be opened is refused now, not in the middle of a run
    return model


def _said(error: Exception) -> str:
    """What a library says, or where it stopped if it says nothing, as assertions do."""
    frames = traceback.extract_tb(error.__traceback__)
    if str(error).strip() or not frames:
        return first_line(error)[:200]
    return f"{type(error).__name__} in {frames[-1].name} of {Path(frames[-1].filename).name}"


def _ordinary_gpt2(directory: Path) -> bool:
    """Whether the fast engine reads it."""
    try:
        kind = json.loads((directory / "config.json").read_text()).get("model_type")
    except (OSError, ValueError, AttributeError):
        kind = "gpt2"  # whose reader says what is wrong
    if kind != "gpt2":
        return False
    try:
        read_config(directory)
    except ModelError as error:
        return "the circuit analyses need" not in str(error)
    return True


def _read_any(directory: Path, name: str, device: str) -> OpenModel:
    from transformers import AutoConfig, AutoModelForCausalLM

    weights = weight_files(directory)
    if not any((directory / file).is_file() for file in _TOKENIZERS):
        raise ModelError(f"no tokenizer.json in {directory}; copy it from where the weights are from")
    with quiet():
        try:
            config = AutoConfig.from_pretrained(str(directory), local_files_only=True, trust_remote_code=False)
        except Exception as error:
            raise ModelError(
                f"{directory / 'config.json'} cannot be used: {first_line(error)[:200]}; {WORKS}"
            ) from error
        if getattr(config, "is_encoder_decoder", False):
            raise ModelError(
                f"'{name}' is an encoder with a decoder (type '{config.model_type}'); "
                f"the circuit analyses need one that reads from left to right: {WORKS}"
            )
    hf = read_pretrained(AutoModelForCausalLM, directory, f"the weights in {directory} do not fit its config.json")
    return OpenModel(name, files_digest(directory, weights), hf.to(device), _read_tokenizer(directory), device)


def _read_tokenizer(directory: Path) -> Any:
    """The tokenizer as its tokenizer.json cuts texts.

    For some families the library builds its own kind of tokenizer around the vocabulary, whatever the file says
    (Qwen2: byte pairs), and prompts would be other tokens than those that the model was trained on.

    Raises:
        ModelError: it cannot be read.
    """
    from transformers import AutoTokenizer, PreTrainedTokenizerFast

    local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    plain: Any = PreTrainedTokenizerFast
    found: Any = None
    with quiet():
        try:
            found = AutoTokenizer.from_pretrained(str(directory), **local)
            file = directory / "tokenizer.json"
            if file.is_file() and not _cuts_alike(found, file):
                found = plain.from_pretrained(str(directory), **local)
        except Exception as error:
            raise ModelError(f"no usable tokenizer in {directory}: {first_line(error)[:200]}") from error
    return found


def _cuts_alike(tokenizer: Any, file: Path) -> bool:
    """Whether a tokenizer gives the ids that its file gives, for our own words and for some of the file's."""
    from tokenizers import Tokenizer

    plain = Tokenizer.from_file(str(file))
    words = sorted(plain.get_vocab())
    texts = [PROBE, " ".join(words[:: max(1, len(words) // 50)])]
    return all(
        tokenizer(text, add_special_tokens=False)["input_ids"] == plain.encode(text, add_special_tokens=False).ids
        for text in texts
    )
