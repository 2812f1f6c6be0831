"""Five words of linear algebra, one job each: five chapters that are one film, or play alone."""
