"""What staff see of this part in the admin."""
