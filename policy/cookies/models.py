"""What this part of the policy app stores."""
