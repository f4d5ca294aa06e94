"""The national side over the API: published frameworks only. A State's record is not read here."""
