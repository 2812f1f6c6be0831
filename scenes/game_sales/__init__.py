"""Can talk predict sales?  A film about logs, shadows, a turned axis, and how lucky a split can be."""
