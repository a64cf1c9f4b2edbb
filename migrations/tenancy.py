"""Who may do what with a table: grants, and row-level security as the second lock.

What a released migration relies on here is never changed, only added to.
"""

from alembic import op

ROLES = ("app", "worker", "dns")


def protect(  # noqa: PLR0913 - the columns of a table of rights
    table: str,
    *,
    account: str | None = None,
    user: str | None = None,
    extra: str | None = None,
    staff: bool = True,
    app: str = "select, insert, update",
    worker: str = "select, insert, update, delete",
    dns: str = "",
) -> None:
    """Let a session see only the rows of the account, the user or the secret that it named.

    `account`, `user`: the columns that hold them. `extra`: one more condition for the portal's
    role. `staff`: whether a session of staff sees all rows. The worker and the DNS node (if it
    has a right at all) see all rows; the owner is not bound, so that migrations can fill.
    """
    op.execute(f"alter table {table} enable row level security")
    conditions = [
        f"{account} = (select app_account())" if account else None,
        f"{user} = (select app_user())" if user else None,
        "(select app_staff())" if staff else None,
        f"({extra})" if extra else None,
    ]
    own = " or ".join(condition for condition in conditions if condition)
    op.execute(f"create policy own on {table} to kabinet_app using ({own}) with check ({own})")
    for role, rights in (("worker", worker), ("dns", dns)):
        if rights:
            op.execute(
                f"create policy {role} on {table} to kabinet_{role} using (true) with check (true)"
            )
    grant_only(table, app=app, worker=worker, dns=dns)


def grant_only(table: str, *, app: str = "", worker: str = "", dns: str = "") -> None:
    """Grant rights on a table that belongs to nobody (no account, no person)."""
    for role, rights in (("app", app), ("worker", worker), ("dns", dns)):
        if rights:
            op.execute(f"grant {rights} on {table} to kabinet_{role}")
