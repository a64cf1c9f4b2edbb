"""The resolver side: what a node keeps, and how questions are answered."""
