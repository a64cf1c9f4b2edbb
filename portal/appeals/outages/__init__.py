"""Outages by district and technology, those who follow them, and what they are told."""
