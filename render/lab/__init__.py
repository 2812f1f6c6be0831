"""What the lab's commands leave in ``--out``: tables, figures, a page and a notebook."""
