"""The platform: what every app stands on. No word of the domain lives here."""
