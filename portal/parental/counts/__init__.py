"""What was closed: how often by category and day; the names only if a parent wants them."""
