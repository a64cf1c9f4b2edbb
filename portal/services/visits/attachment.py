"""The calendar file along with what is told of a visit, and what stands in it beside the visit."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import current_app

from portal.config import Settings
from portal.core import clock
from portal.core.db import transaction
from portal.core.mail import Attachment
from portal.services.actions.telling import order_path
from portal.services.visits.calendar_file import (
    FILE_NAME,
    MEDIA_TYPE,
    Around,
    calendar_file,
    method_of,
)
from portal.services.visits.models import Visit
from portal.services.visits.queries import address_of, visit_of_desk


def around(visit: Visit, settings: Settings) -> Around:
    """Return what the file says beside the visit, whose order and offering must be loaded."""
    place = address_of(visit)
    return Around(
        service=visit.order.offering.name,
        address=place.street if place else "",
        url=settings.base_url + order_path(visit.order),
        domain=urlsplit(settings.base_url).hostname or "localhost",
        operator=str(settings.operator_name),
    )


def calendar_attachment(kept: Mapping[str, Any]) -> Attachment:
    """Return the file of the visit that a notification tells of, as it is by now; for jobs."""
    with transaction():
        visit = visit_of_desk(UUID(kept["visit"]))
        content = calendar_file(
            visit, around(visit, current_app.config["SETTINGS"]), now=clock.now()
        )
        method = method_of(visit)
    parameters = {"charset": "utf-8", "method": method}
    return Attachment(name=FILE_NAME, media_type=MEDIA_TYPE, content=content, parameters=parameters)
