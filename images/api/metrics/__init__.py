"""Figures for whoever runs the service, as Prometheus reads them. No row of them names anybody."""
