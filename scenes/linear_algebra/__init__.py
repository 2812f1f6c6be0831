"""Episode `linear-algebra`: why neural networks multiply and add, told with cats."""
