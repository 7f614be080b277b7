"""Edits: recipes of a photo, and the files that workers make by them."""
