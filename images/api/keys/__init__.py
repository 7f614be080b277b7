"""Keys by which a program shows for whom it works."""
