"""A package: everything that a publisher needs of one film, in one folder."""
