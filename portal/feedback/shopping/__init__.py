"""Mystery shopping: an agency judges offices, calls and technicians by checklists."""
