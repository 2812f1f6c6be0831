"""Episodes to begin with: ``tapehead new`` copies one of these folders.  Each renders as it is."""
