"""The studio: the page on which a cut-out is mended, and what prepares a photo for it."""
