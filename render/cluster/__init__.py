"""Films on many machines."""
