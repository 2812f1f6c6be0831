"""The tokenizer of ``mini``: one token per word, points apart, everything else unknown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tapehead.analysis.language.training.corpus import BOS, CONTEXT, UNKNOWN, vocabulary


def make_tokenizer() -> Any:
    """A ``PreTrainedTokenizerFast`` over :func:`tapehead.analysis.language.training.corpus.vocabulary`.

    It puts the first token before a text unless told ``add_special_tokens=False``.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    ids = {word: i for i, word in enumerate(vocabulary())}
    inner = Tokenizer(models.WordLevel(ids, unk_token=UNKNOWN))
    inner.pre_tokenizer = pre_tokenizers.Whitespace()
    inner.decoder = decoders.WordPiece(prefix="##", cleanup=True)  # words joined by spaces, none before a point
    inner.post_processor = processors.TemplateProcessing(single=f"{BOS} $A", special_tokens=[(BOS, ids[BOS])])
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        bos_token=BOS,
        eos_token=BOS,
        pad_token=BOS,
        unk_token=UNKNOWN,
        model_max_length=CONTEXT,
        clean_up_tokenization_spaces=False,
    )


def save_tokenizer(directory: Path) -> None:
    """Write the tokenizer's files, so that ``AutoTokenizer.from_pretrained(directory)`` finds them."""
    make_tokenizer().save_pretrained(str(directory))
