"""What people do with their sign-in and their contracts."""

from portal.accounts.actions.contracts import ContractsTaken, import_contracts
from portal.accounts.actions.forgotten import ask_for_link, send_reset_link, set_new_password
from portal.accounts.actions.identities import link_identity, sign_in_through, unlink_identity
from portal.accounts.actions.joining import (
    ask_to_join,
    become_holder,
    check_code,
    finish_joining,
    send_join_code,
)
from portal.accounts.actions.limits import limit_spending
from portal.accounts.actions.profile import (
    change_password,
    choose_language,
    choose_theme,
    rename,
)
from portal.accounts.actions.sign_in import (
    confirm_person,
    end_device,
    end_other_devices,
    open_session,
    sign_in,
)
from portal.accounts.actions.staff import create_staff
from portal.accounts.actions.tidying import tidy_sessions

__all__ = [
    "ContractsTaken",
    "ask_for_link",
    "ask_to_join",
    "become_holder",
    "change_password",
    "check_code",
    "choose_language",
    "choose_theme",
    "confirm_person",
    "create_staff",
    "end_device",
    "end_other_devices",
    "finish_joining",
    "import_contracts",
    "limit_spending",
    "link_identity",
    "open_session",
    "rename",
    "send_join_code",
    "send_reset_link",
    "set_new_password",
    "sign_in",
    "sign_in_through",
    "tidy_sessions",
    "unlink_identity",
]
