"""Pages of the devices that carry a profile."""

from portal.parental.devices.views import parents, setting_up

BLUEPRINTS = (parents.bp, setting_up.bp)

__all__ = ["BLUEPRINTS"]
