"""Tiny random checkpoints of many families, with the vocabulary of ``mini``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tapehead.analysis.language.lab.any_model import load_any
from tapehead.analysis.language.lab.making import make_rows
from tapehead.analysis.language.lab.prompts import PromptSet, prompt_set
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.training.corpus import vocabulary
from tapehead.analysis.language.training.tokenizer import save_tokenizer

SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "max_position_embeddings": 64}
GATED = SMALL | {"num_key_value_heads": 2, "intermediate_size": 48}


def config_of(family: str) -> Any:
    import transformers as t

    words = len(vocabulary())
    narrow = {"sliding_window": 8}
    made: dict[str, Callable[[], Any]] = {
        "gpt2": lambda: t.GPT2Config(n_embd=32, n_layer=2, n_head=4, n_positions=64, vocab_size=words),
        "gpt-neo": lambda: t.GPTNeoConfig(
            vocab_size=words,
            hidden_size=32,
            num_layers=2,
            num_heads=4,
            attention_types=[[["global", "local"], 1]],
            max_position_embeddings=64,
            window_size=8,
            intermediate_size=48,
        ),
        "neox": lambda: t.GPTNeoXConfig(vocab_size=words, intermediate_size=48, **SMALL),
        "neox-sequential": lambda: t.GPTNeoXConfig(
            vocab_size=words, intermediate_size=48, use_parallel_residual=False, **SMALL
        ),
        "llama": lambda: t.LlamaConfig(vocab_size=words, **GATED),
        "mistral": lambda: t.MistralConfig(vocab_size=words, **GATED, **narrow),
        "qwen2": lambda: t.Qwen2Config(vocab_size=words, **GATED),
        "qwen3": lambda: t.Qwen3Config(vocab_size=words, head_dim=16, **GATED),
        "gemma": lambda: t.GemmaConfig(vocab_size=words, head_dim=16, **GATED),
        "gemma2": lambda: t.Gemma2Config(vocab_size=words, head_dim=16, final_logit_softcapping=3.0, **GATED, **narrow),
        "llama-one-key": lambda: t.LlamaConfig(
            vocab_size=words,
            attention_bias=True,
            mlp_bias=True,
            tie_word_embeddings=True,
            **(GATED | {"num_key_value_heads": 1}),
        ),
        "gemma3": lambda: t.Gemma3TextConfig(vocab_size=words, head_dim=16, **GATED, sliding_window=3),
        "cohere": lambda: t.CohereConfig(vocab_size=words, logit_scale=0.3, **GATED),
        "granite": lambda: t.GraniteConfig(
            vocab_size=words,
            logits_scaling=3.0,
            residual_multiplier=0.5,
            attention_multiplier=0.2,
            embedding_multiplier=2.0,
            **GATED,
        ),
        "neox-no-bias": lambda: t.GPTNeoXConfig(vocab_size=words, intermediate_size=48, attention_bias=False, **SMALL),
        "opt": lambda: t.OPTConfig(vocab_size=words, ffn_dim=48, word_embed_proj_dim=32, **SMALL),
        "falcon": lambda: t.FalconConfig(vocab_size=words, **SMALL),
        "bloom": lambda: t.BloomConfig(vocab_size=words, hidden_size=32, n_layer=2, n_head=4),
        "mamba": lambda: t.MambaConfig(vocab_size=words, hidden_size=32, num_hidden_layers=2, state_size=4),
    }
    return made[family]()


def save_family(family: str, directory: Path, seed: int = 0, stir: float = 0.2) -> Path:
    """Write a checkpoint; ``stir`` is added to all weights, so that norms and biases are not trivial."""
    import torch
    from transformers import AutoModelForCausalLM

    torch.manual_seed(seed)
    hf = AutoModelForCausalLM.from_config(config_of(family)).eval()
    if stir:
        with torch.no_grad():
            for parameter in hf.parameters():
                parameter.add_(stir * torch.randn(parameter.shape))
    hf.save_pretrained(str(directory))
    save_tokenizer(directory)
    return directory


@pytest.fixture(scope="session")
def family(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], LanguageModel]:
    """Models by family, each made once."""
    made: dict[str, LanguageModel] = {}

    def model(name: str) -> LanguageModel:
        if name not in made:
            made[name] = load_any(str(save_family(name, tmp_path_factory.mktemp("families") / name)))
        return made[name]

    return model


@pytest.fixture(scope="session")
def small_prompts(family: Callable[[str], LanguageModel]) -> PromptSet:
    """Prompts of two groups and several lengths, aligned by labels; all families of the tests have these words."""
    model = family("llama")
    return prompt_set(model, "ioi", make_rows(model, "ioi", 12, seed=3), bos=True)
