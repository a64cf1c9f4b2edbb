"""Equip the desk: its queue and search, who is present, canned replies, answers to many."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.tenancy import grant_only, protect

revision = "0021_equip_desk"
down_revision = "0020_talk_live"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_OF_APPEAL = "exists (select 1 from appeal a where a.id = appeal_presence.appeal_id)"
_QUEUE_ORDERS = ("kind", "channel", "state", "language", "assignee_id")


def upgrade() -> None:
    _deepen_appeals()
    _create_presence()
    _create_queue()
    _fill_queue()
    _create_search()
    _create_canned_replies()
    _create_bulk_answers()


def _deepen_appeals() -> None:
    op.add_column("appeal", sa.Column("duplicate_of_id", sa.Uuid, sa.ForeignKey("appeal.id")))
    op.create_index("ix_appeal_duplicate_of_id", "appeal", ["duplicate_of_id"])
    op.add_column("appeal", sa.Column("rejected_as", sa.String))
    op.create_check_constraint(
        "ck_appeal_rejection_is_known", "appeal", "rejected_as in ('forwarded', 'spam')"
    )
    op.add_column("contact", sa.Column("proof", sa.String))
    op.create_check_constraint(
        "ck_contact_proof_is_known",
        "contact",
        "proof in ('document', 'call_back', 'code', 'facts')",
    )
    op.create_index("ix_contact_address", "contact", ["address"])
    op.create_index("ix_account_phone", "account", ["phone"])
    op.create_index(
        "ix_user_account_staff_role",
        "user_account",
        ["staff_role"],
        postgresql_where=sa.text("staff_role is not null"),
    )


def _create_presence() -> None:
    op.create_table(
        "appeal_presence",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("appeal_id", sa.Uuid, sa.ForeignKey("appeal.id"), nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("user_account.id")),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.Column("typed_at", _INSTANT),
        sa.UniqueConstraint(
            "appeal_id",
            "author",
            "person_id",
            name="uq_appeal_presence_appeal_id_author_person_id",
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint(
            "author in ('customer', 'specialist')", name="ck_appeal_presence_author_is_known"
        ),
    )
    op.create_index("ix_appeal_presence_seen_at", "appeal_presence", ["seen_at"])
    protect("appeal_presence", staff=False, extra=_OF_APPEAL, app="select, insert, update, delete")


def _create_queue() -> None:
    """Keep what waits in one narrow table, so that any filter is one index.

    The key is the appeal's. Triggers keep it beside the appeal and its promise that is due next,
    whoever writes them.
    """
    op.create_table(
        "queue_entry",
        sa.Column("id", sa.Uuid, sa.ForeignKey("appeal.id"), primary_key=True),
        sa.Column("promise_id", sa.Uuid, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("assignee_id", sa.Uuid),
    )
    op.create_index("ix_queue_entry_due_at", "queue_entry", ["due_at", "id"])
    for column in _QUEUE_ORDERS:
        op.create_index(f"ix_queue_entry_{column}", "queue_entry", [column, "due_at", "id"])
    protect("queue_entry", app="select", worker="select")
    op.execute(
        """
        create function queue_promise() returns trigger
        language plpgsql security definer set search_path = public as $$
        begin
            if new.is_next then
                insert into queue_entry
                    (id, promise_id, due_at, kind, channel, state, language, assignee_id)
                select a.id, new.id, new.due_at, a.kind, a.channel, a.state, c.language,
                    a.assignee_id
                from appeal a join contact c on c.id = a.contact_id
                where a.id = new.subject_id
                on conflict (id) do update
                    set promise_id = excluded.promise_id, due_at = excluded.due_at;
            else
                delete from queue_entry where id = new.subject_id and promise_id = new.id;
            end if;
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger queue after insert or update of is_next, due_at on promise"
        " for each row when (new.subject_kind = 'appeal') execute function queue_promise()"
    )
    op.execute(
        """
        create function queue_appeal() returns trigger
        language plpgsql security definer set search_path = public as $$
        begin
            update queue_entry
            set kind = new.kind, channel = new.channel, state = new.state,
                assignee_id = new.assignee_id
            where id = new.id;
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger queue after update of kind, channel, state, assignee_id on appeal"
        " for each row execute function queue_appeal()"
    )
    for name in ("queue_promise()", "queue_appeal()"):
        op.execute(f"revoke execute on function {name} from public")


def _fill_queue() -> None:
    op.execute(
        """
        insert into queue_entry
            (id, promise_id, due_at, kind, channel, state, language, assignee_id)
        select a.id, p.id, p.due_at, a.kind, a.channel, a.state, c.language, a.assignee_id
        from promise p
        join appeal a on a.id = p.subject_id
        join contact c on c.id = a.contact_id
        where p.subject_kind = 'appeal' and p.is_next
        """
    )


def _create_search() -> None:
    """Let staff search texts by an index, which row-level security alone would not let be used.

    The configuration stems Russian and English words; Kazakh ones are found by their beginnings.
    At most `most` appeals come back, in no order.
    """
    op.execute(
        "create index ix_message_body_words on message_body"
        " using gin (to_tsvector('russian', body))"
    )
    op.execute("create index ix_appeal_words on appeal using gin (to_tsvector('russian', subject))")
    op.execute(
        """
        create function appeals_with_words(asked text, most integer) returns setof uuid
        language sql stable security definer set search_path = public as $$
            select distinct found.id from (
                (
                    select a.id from appeal a
                    where app_staff()
                        and to_tsvector('russian', a.subject) @@ to_tsquery('russian', asked)
                    limit most
                )
                union all
                (
                    select m.appeal_id from message_body b join message m on m.id = b.message_id
                    where app_staff()
                        and to_tsvector('russian', b.body) @@ to_tsquery('russian', asked)
                    limit most
                )
            ) found limit most
        $$
        """
    )
    signature = "appeals_with_words(text, integer)"
    op.execute(f"revoke execute on function {signature} from public")
    op.execute(f"grant execute on function {signature} to kabinet_app")


def _create_canned_replies() -> None:
    op.create_table(
        "canned_reply",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("texts", pg.JSONB, nullable=False),
        sa.UniqueConstraint("name", name="uq_canned_reply_name"),
    )
    grant_only("canned_reply", app="select, insert, update, delete")


def _create_bulk_answers() -> None:
    op.create_table(
        "bulk_answer",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("by_id", sa.Uuid, sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("texts", pg.JSONB, nullable=False),
        sa.Column("promised_at", _INSTANT),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
    )
    op.create_table(
        "bulk_answer_item",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("bulk_id", sa.Uuid, sa.ForeignKey("bulk_answer.id"), nullable=False),
        sa.Column("appeal_id", sa.Uuid, sa.ForeignKey("appeal.id"), nullable=False),
        sa.Column("done_at", _INSTANT),
        sa.Column("refusal", sa.String),
        sa.UniqueConstraint("bulk_id", "appeal_id", name="uq_bulk_answer_item_bulk_id_appeal_id"),
        sa.CheckConstraint(
            "refusal is null or done_at is not null", name="ck_bulk_answer_item_refusal_has_time"
        ),
    )
    protect("bulk_answer", app="select, insert", worker="select")
    protect("bulk_answer_item", app="select, insert", worker="select, update")
