"""Which role may do what. Views name permissions, never roles."""

from portal.accounts.models import Role, StaffRole
from portal.core.access import Permission

_VIEWER = frozenset({Permission.APPEALS_VIEW, Permission.SERVICES_VIEW, Permission.ACCOUNT_VIEW})
_PARENT = _VIEWER | frozenset({Permission.APPEALS_WRITE, Permission.PARENTAL_EDIT})
_MANAGER = _VIEWER | frozenset({Permission.APPEALS_WRITE, Permission.SERVICES_ORDER})
_HOLDER = _MANAGER | _PARENT | {Permission.PEOPLE_MANAGE}

BY_ROLE: dict[str, frozenset[Permission]] = {
    Role.VIEWER: _VIEWER,
    Role.PARENT: _PARENT,
    Role.MANAGER: _MANAGER,
    Role.HOLDER: _HOLDER,
}

_STAFF = frozenset({Permission.STAFF_ENTER})
_SPECIALIST = _STAFF | {Permission.DESK_WORK, Permission.VISITS_WORK, Permission.OUTAGES_WORK}
BY_STAFF_ROLE: dict[str, frozenset[Permission]] = {
    StaffRole.SPECIALIST: _SPECIALIST,
    StaffRole.SUPERVISOR: _SPECIALIST
    | {Permission.RATINGS_REVIEW, Permission.LEAVING_VIEW, Permission.BILLING_VIEW}
    | {Permission.DESK_SUPERVISE, Permission.PROMISES_EDIT, Permission.ANALYSIS_VIEW}
    | {Permission.KNOWLEDGE_EDIT},
    StaffRole.EDITOR: _STAFF
    | {Permission.NEWS_EDIT, Permission.NEWS_SEND, Permission.KNOWLEDGE_EDIT},
    StaffRole.CATALOGUE_MANAGER: _STAFF
    | {Permission.CATALOGUE_EDIT, Permission.CATEGORIES_RELEASE, Permission.LEAVING_VIEW},
    StaffRole.ADMINISTRATOR: _STAFF | {Permission.BILLING_VIEW, Permission.FEED_MANAGE},
    StaffRole.AGENCY: frozenset({Permission.SHOPPING_ENTER}),
}
