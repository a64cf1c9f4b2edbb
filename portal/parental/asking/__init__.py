"""A child sees the rules that apply to it, and asks its parents for a site."""
