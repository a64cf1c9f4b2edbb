"""Measurements: `make bench-dns`. Not tests: they tell figures, and take minutes."""
