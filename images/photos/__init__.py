"""What somebody sends: upload, one photo, the list, guests, and how long it all stays."""
