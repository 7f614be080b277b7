"""What a model says: the catalogue, and what runs it."""
