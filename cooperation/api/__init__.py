"""What was granted to a party, its matches and the offers that it may see."""
