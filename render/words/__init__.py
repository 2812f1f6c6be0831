"""What is said and read: narration, captions and their times."""
