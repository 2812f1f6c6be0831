"""The lab: a user's own prompts in a user's own model, from a prompt file to a table of results with their controls."""
