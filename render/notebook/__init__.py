"""What ``import tapehead`` gives: episodes, their results, figures and films, for Python and for notebooks."""
