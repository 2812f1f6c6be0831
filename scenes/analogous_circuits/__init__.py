"""The film "How alike are they inside?": overlap of activations, its nulls, and the same role under other weights."""
