"""What people are told about dearer prices."""

from portal.core.text import _l
from portal.notify.kinds import Kind, register

register(
    Kind(
        "services.price_rises",
        "calendar-clock",
        _l("%(name)s will cost more"),
        _l(
            "From %(day)s a month costs %(sum)s; now it costs %(before)s."
            " Until then nothing changes, and you can change or disconnect the service."
        ),
    )
)
