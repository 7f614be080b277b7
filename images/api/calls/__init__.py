"""A request that is sent twice is done once (`Idempotency-Key`)."""
