"""A film as a page for readers: words, pictures, figures that can be touched, and where every number came from."""
