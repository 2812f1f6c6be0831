"""Episodes to begin with: from a template, or from a talk in Markdown."""
