"""The factories of people and contracts; each feature has its own beside its tests."""

from tests.cast import make_account, make_membership, make_user

__all__ = ["make_account", "make_membership", "make_user"]
