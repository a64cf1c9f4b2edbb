"""A dearer price for services that run already, announced at least 30 days before."""
