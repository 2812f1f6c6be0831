"""What the studio answers, a module for each pane of its page."""
