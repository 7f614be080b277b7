"""The contract of remove.bg, version 1.0, to the letter: programs written for it run here unchanged."""
