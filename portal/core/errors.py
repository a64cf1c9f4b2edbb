"""The family of errors that a person can be told about. Each has its HTTP status."""

from typing import Any

from portal.core.text import Marked, translate


class PortalError(Exception):
    """Something that ends a request with a page of its own."""

    status = 500


class RuleError(PortalError):
    """A rule of the product says no.

    `message` is a whole sentence, marked with `_l`; `values` fill its %(name)s places;
    `field` is the name of the parameter to blame. It is translated where it is read.
    """

    status = 409

    def __init__(self, message: Marked, *, field: str | None = None, **values: Any) -> None:
        super().__init__(message)
        self.marked = message
        self.field = field
        self.values = values

    @property
    def message(self) -> str:
        return translate(self.marked, **self.values)

    def __str__(self) -> str:
        return str(self.marked) % self.values if self.values else str(self.marked)


class NotFoundError(PortalError):
    """No such thing, or not yours: the same answer for both."""

    status = 404


class ThrottledError(PortalError):
    """Too many tries. `retry_after` is in seconds."""

    status = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


class UpstreamError(PortalError):
    """A partner system did not answer, or not what we can use."""

    status = 502
