"""The pullback of a bottleneck: its Jacobian, singular vectors, subspaces, walks and transport."""
