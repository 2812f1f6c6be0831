"""The letters that the voice is made of."""

from __future__ import annotations

SOUNDS = frozenset("AIOWYbdfhijklmnpstuvwzæðŋɐɑɔəɛɜɡɪɹɾTʃʊʌʒʔʤʧˈˌθᵊᵻ")
"""What English words are made of in Kokoro's alphabet; ``ɾ`` and ``T`` are both the American flap."""
