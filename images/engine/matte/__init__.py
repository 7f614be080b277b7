"""From probabilities to alpha and clean colour."""
