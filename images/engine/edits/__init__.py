"""What an edit does to a cut-out: marks, ground, shadow, outline, place and output, from one recipe."""
