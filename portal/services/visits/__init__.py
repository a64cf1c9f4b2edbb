"""Visits of technicians: times that can be chosen, bookings, results, and the calendar file."""
