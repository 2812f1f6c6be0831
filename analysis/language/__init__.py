"""Language models: the embedded one and its training, sequence tasks, and what is measured on them."""
