"""E-mail that comes in: it becomes an appeal, or a message of one."""
