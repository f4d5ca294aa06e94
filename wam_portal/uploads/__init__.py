"""Files that people send: told apart by their content, made harmless or refused, never kept under a sent name."""
