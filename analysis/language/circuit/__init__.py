"""The engine of circuits: ablation, pruning, patching, attention and what components write."""
