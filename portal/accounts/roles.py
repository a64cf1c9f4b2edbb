"""Which role may do what. Views name permissions, never roles."""

from portal.accounts.models import Role, StaffRole
from portal.core.access import Permission as P

_VIEWER = frozenset({P.APPEALS_VIEW, P.SERVICES_VIEW, P.ACCOUNT_VIEW})
_PARENT = _VIEWER | frozenset({P.APPEALS_WRITE, P.PARENTAL_EDIT})
_MANAGER = _VIEWER | frozenset({P.APPEALS_WRITE, P.SERVICES_ORDER})
_HOLDER = _MANAGER | _PARENT | frozenset({P.ACCOUNT_MANAGE})

BY_ROLE: dict[str, frozenset[P]] = {
    Role.VIEWER: _VIEWER,
    Role.PARENT: _PARENT,
    Role.MANAGER: _MANAGER,
    Role.HOLDER: _HOLDER,
}

_STAFF = frozenset({P.STAFF_ENTER})
BY_STAFF_ROLE: dict[str, frozenset[P]] = {
    StaffRole.SPECIALIST: _STAFF | {P.DESK_WORK},
    StaffRole.SUPERVISOR: _STAFF | {P.DESK_WORK, P.RATINGS_REVIEW},
    StaffRole.EDITOR: _STAFF | {P.NEWS_EDIT, P.NEWS_SEND},
    StaffRole.CATALOGUE_MANAGER: _STAFF,
    StaffRole.ADMINISTRATOR: _STAFF,
}
