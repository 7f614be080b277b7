"""Programs instead of browsers: keys, limits, the contract of remove.bg, an own API, webhooks, figures."""
