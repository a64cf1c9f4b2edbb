"""Reads of visits and of the places that they take."""

from portal.services.visits.queries.places import (
    Offered,
    Place,
    area_of,
    areas,
    exceptions_of,
    is_worked,
    offered_places,
    places_of,
    places_on,
    weekly_places,
)
from portal.services.visits.queries.visits import (
    address_of,
    booked_visit,
    last_visit,
    locked_visit,
    people_of,
    to_be_reminded,
    visit_of,
    visit_of_desk,
    visits_on,
    without_result,
)

__all__ = [
    "Offered",
    "Place",
    "address_of",
    "area_of",
    "areas",
    "booked_visit",
    "exceptions_of",
    "is_worked",
    "last_visit",
    "locked_visit",
    "offered_places",
    "people_of",
    "places_of",
    "places_on",
    "to_be_reminded",
    "visit_of",
    "visit_of_desk",
    "visits_on",
    "weekly_places",
    "without_result",
]
