"""The smallest whole episode: two scenes, one analysis, four spoken lines.  Copy this folder to start your own."""
