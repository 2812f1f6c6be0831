"""Episode `sequence-circuits`: what continues one, two, three, four inside a language model, and how one can tell."""
