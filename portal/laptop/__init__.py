"""One machine, one command: its own PostgreSQL, the roles, and all processes of Kabinet."""
