"""Technical ground: knows no feature."""
