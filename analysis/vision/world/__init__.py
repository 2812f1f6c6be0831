"""Worlds drawn by rule: beans and what looks like them, animals and vehicles.  Seeded, with the truth beside them."""
