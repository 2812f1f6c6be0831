"""What talk and scores say about sales: a generated table with planted coefficients, or the user's own."""
