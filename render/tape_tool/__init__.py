"""The tape as a tool for any video, and what measures it."""
