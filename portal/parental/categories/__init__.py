"""The operator's categories and services: what they are, their lists, their releases."""
