"""The catalogue: what the operator sells, for how much, and what goes with what."""
