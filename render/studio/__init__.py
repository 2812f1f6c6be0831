"""The studio: a page on this machine where a film is looked at, its words are edited and its tape is set."""
