"""Baselines, requests and releases of the fictional States, made through the services like anybody's."""
