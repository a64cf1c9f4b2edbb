"""People, contracts, and who may do what."""
