"""Offers, rates, matches and decisions of the fictional donors, made through the services like anybody's."""
