"""A toy knowledge graph: some sixty things, what they are called, and what leads from which to which.

Everything in it is common knowledge, written down by hand: it is there to be looked at, not to be learned from.
"""

from __future__ import annotations

from tapehead.analysis.graphs.labelled import Graph

KINDS: dict[str, tuple[str, str]] = {
    "dog": ("kind", "canine"),
    "fox": ("kind", "canine"),
    "tanuki": ("kind", "canine"),
    "cat": ("kind", "feline"),
    "monkey": ("kind", "primate"),
    "crane": ("kind", "bird"),
    "goat": ("kind", "hoofed"),
    "canine": ("class", "carnivore"),
    "feline": ("class", "carnivore"),
    "carnivore": ("class", "mammal"),
    "primate": ("class", "mammal"),
    "hoofed": ("class", "mammal"),
}
COUNTRIES: dict[str, str] = {
    "Japan": "Asia",
    "China": "Asia",
    "Thailand": "Asia",
    "Iran": "Asia",
    "Russia": "Europe",
    "Germany": "Europe",
    "Britain": "Europe",
    "Spain": "Europe",
}
ANIMALS: dict[str, tuple[str, str, str, str, str]] = {
    # kind, country, snout, life, size
    "Shiba Inu": ("dog", "Japan", "long snout", "pet", "small"),
    "Akita": ("dog", "Japan", "long snout", "pet", "large"),
    "Kai Ken": ("dog", "Japan", "long snout", "pet", "medium"),
    "Chin": ("dog", "Japan", "short snout", "pet", "small"),
    "Bobtail": ("cat", "Japan", "short snout", "pet", "small"),
    "wild tanuki": ("tanuki", "Japan", "long snout", "wild", "small"),
    "macaque": ("monkey", "Japan", "short snout", "wild", "medium"),
    "red crane": ("crane", "Japan", "beak", "wild", "large"),
    "Ezo fox": ("fox", "Japan", "long snout", "wild", "small"),
    "Pug": ("dog", "China", "short snout", "pet", "small"),
    "Chow Chow": ("dog", "China", "short snout", "pet", "medium"),
    "Siamese": ("cat", "Thailand", "short snout", "pet", "small"),
    "Ridgeback": ("dog", "Thailand", "long snout", "pet", "medium"),
    "Persian": ("cat", "Iran", "short snout", "pet", "small"),
    "Saluki": ("dog", "Iran", "long snout", "pet", "large"),
    "Samoyed": ("dog", "Russia", "long snout", "pet", "medium"),
    "Borzoi": ("dog", "Russia", "long snout", "pet", "large"),
    "Dachshund": ("dog", "Germany", "long snout", "pet", "small"),
    "Collie": ("dog", "Britain", "long snout", "pet", "medium"),
    "Manx": ("cat", "Britain", "short snout", "pet", "small"),
    "red fox": ("fox", "Britain", "long snout", "wild", "small"),
    "Galgo": ("dog", "Spain", "long snout", "pet", "large"),
    "Murciana": ("goat", "Spain", "long snout", "farm", "medium"),
}
OWNERS: dict[str, tuple[str, ...]] = {
    "Hana": ("Shiba Inu", "Bobtail"),
    "Ren": ("Akita",),
    "Mei": ("Pug", "Chow Chow"),
    "Ivan": ("Samoyed", "Shiba Inu"),
    "Greta": ("Dachshund", "Siamese"),
    "Tom": ("Collie", "Manx"),
}


def knowledge_graph() -> Graph:
    """The toy graph; labels are animal, kind, class, country, continent, snout, life, size and person."""
    labels: dict[str, str] = {}
    edges: list[tuple[str, str]] = []
    for name, (label, above) in KINDS.items():
        labels[name] = label
        edges.append((name, above))
    labels |= dict.fromkeys(("bird", "mammal"), "class")
    for country, continent in COUNTRIES.items():
        labels[country], labels[continent] = "country", "continent"
        edges.append((country, continent))
    for name, (kind, country, snout, life, size) in ANIMALS.items():
        labels[name] = "animal"
        labels |= {snout: "snout", life: "life", size: "size"}
        edges += [(name, thing) for thing in (kind, country, snout, life, size)]
    for owner, animals in OWNERS.items():
        labels[owner] = "person"
        edges += [(owner, animal) for animal in animals]
    names = tuple(labels)
    called = tuple(sorted(set(labels.values())))
    at = {name: k for k, name in enumerate(names)}
    return Graph.from_edges(
        [called.index(labels[name]) for name in names], [(at[a], at[b]) for a, b in edges], called, names
    )
