"""Let the access network say who is behind an address: sessions of RADIUS accounting.

Of several sessions on one address the one that began last holds it; of several packets of one
session the latest event counts. So packets may come late, twice and in any order.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012_take_accounting"
down_revision = "0011_watch_network"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("lease", sa.Column("session", sa.String))
    op.add_column("lease", sa.Column("nas", sa.String))
    op.add_column("lease", sa.Column("event_at", _INSTANT))
    op.add_column("lease", sa.Column("ended_at", _INSTANT))
    op.create_index("ix_lease_nas", "lease", ["nas"])
    _tell_nodes_of_changes_only()
    op.execute(_TAKE_SESSION)
    op.execute(_END_SESSIONS)
    for function in (
        "take_session(cidr, text, text, text, timestamptz, timestamptz, boolean)",
        "end_sessions(text, timestamptz)",
    ):
        op.execute(f"revoke all on function {function} from public")
        op.execute(f"grant execute on function {function} to kabinet_app, kabinet_worker")


def _tell_nodes_of_changes_only() -> None:
    """Leave the nodes in peace when a session only says that it goes on."""
    op.execute(
        """
        create or replace function place_lease() returns trigger language plpgsql as $$
        begin
            if tg_op = 'INSERT' or new.policy_id is distinct from old.policy_id then
                new.xid = pg_current_xact_id();
                new.seq = nextval('lease_seq');
            end if;
            return new;
        end $$
        """
    )
    op.execute("drop trigger tell_nodes on lease")
    op.execute(
        "create trigger tell_nodes after insert on lease"
        " for each statement execute function tell_dns_nodes()"
    )
    op.execute(
        "create trigger tell_nodes_of_change after update on lease for each row"
        " when (new.policy_id is distinct from old.policy_id) execute function tell_dns_nodes()"
    )


_TAKE_SESSION = """
    create function take_session(
        in_prefix cidr, in_number text, in_session text, in_nas text,
        in_from timestamptz, in_at timestamptz, in_is_end boolean
    ) returns boolean language plpgsql security definer set search_path = public as $$
    declare
        holder uuid;
        policy bigint;
    begin
        if not in_is_end then
            select id into holder from account where number = in_number;
            -- The option may begin at this moment: it waits here, or we see what it did.
            perform pg_advisory_xact_lock(hashtext('lease'), hashtext(holder::text));
            select policy_id into policy from parental_profile
                where account_id = holder and kind = 'home';
        end if;
        insert into lease as l
            (prefix, account_id, policy_id, from_at, session, nas, event_at, ended_at)
        values (
            in_prefix, holder, policy, in_from, in_session, in_nas, in_at,
            case when in_is_end then in_at end
        )
        on conflict (prefix) do update set
            account_id = excluded.account_id, policy_id = excluded.policy_id,
            from_at = excluded.from_at, session = excluded.session, nas = excluded.nas,
            event_at = excluded.event_at, ended_at = excluded.ended_at
        where case
            when l.session = in_session then
                in_at > l.event_at or (in_at = l.event_at and in_is_end and l.ended_at is null)
            when in_is_end then in_from > l.from_at
            when in_from = l.from_at then in_at >= coalesce(l.event_at, l.from_at)
            else in_from > l.from_at or in_at > l.ended_at
        end;
        return found;
    end $$
"""

_END_SESSIONS = """
    create function end_sessions(in_nas text, in_at timestamptz) returns bigint
    language sql security definer set search_path = public as $$
        with ended as (
            update lease
            set account_id = null, policy_id = null, event_at = in_at, ended_at = in_at
            where nas = in_nas and ended_at is null and event_at <= in_at
            returning 1
        )
        select count(*) from ended
    $$
"""
