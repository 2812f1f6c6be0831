"""tapehead: explainer videos about how neural networks think, in which every number on screen was computed.

The rooms lie at the top of the repository (``analysis/``, ``scenes/``, ``render/``, ``assets/``); here they are links,
so that what is installed occupies one name only, and a checkout and a wheel are imported, typed and searched alike.
"""
