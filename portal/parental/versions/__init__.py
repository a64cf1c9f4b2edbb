"""Looking back at a profile’s saved versions, and restoring one."""
