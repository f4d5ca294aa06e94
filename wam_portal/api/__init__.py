"""What every API endpoint stands on."""
