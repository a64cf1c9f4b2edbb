"""Migrations: forward only, each its own transaction. They import nothing from `portal`."""
