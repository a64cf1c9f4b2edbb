"""Compare each text and each file with the chain, and let an erasure take the files, too.

Whether a file was scanned is written down. Letters of robots that were refused are kept for some
days, so that nothing is lost without a trace.
"""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import protect

revision = "0027_show_what_was_changed"
down_revision = "0026_answer_what_is_promised"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_checks()
    _let_erase_files()
    _note_scans()
    _keep_refused_mail()


def _create_checks() -> None:
    """Tell of each message what its chain says and what is really kept, without any text.

    `conversation_kept` sees what its caller may see; `receipt_kept` opens it to whoever holds a
    receipt, as `receipt_chain` does.
    """
    op.execute(
        """
        create function conversation_kept(asked uuid)
        returns table (
            place integer, text_hash text, is_erased boolean, files jsonb, head varchar
        ) language sql stable as $$
            select m.position,
                encode(sha256(b.salt || convert_to(b.body, 'UTF8')), 'hex'),
                t.id is not null,
                coalesce(
                    (
                        select jsonb_agg(
                            jsonb_build_object('sha256', f.sha256, 'key', f.key) order by f.id
                        )
                        from attachment f where f.message_id = m.id
                    ),
                    '[]'
                ),
                a.head
            from message m
            join appeal a on a.id = m.appeal_id
            left join message_body b on b.message_id = m.id
            left join message_tombstone t on t.message_id = m.id
            where m.appeal_id = asked
            order by m.position
        $$
        """
    )
    op.execute(
        """
        create function receipt_kept(asked varchar, held varchar)
        returns table (
            place integer, text_hash text, is_erased boolean, files jsonb, head varchar
        ) language sql stable security definer set search_path = public as $$
            select kept.* from appeal a, conversation_kept(a.id) kept
            where a.number = asked and length(held) >= 16
                and exists (
                    select 1 from message m
                    where m.appeal_id = a.id and starts_with(m.own, held)
                )
            order by kept.place
        $$
        """
    )
    op.execute("revoke execute on function receipt_kept(varchar, varchar) from public")
    op.execute("grant execute on function receipt_kept(varchar, varchar) to kabinet_app")


def _let_erase_files() -> None:
    """Let `erase_message` empty the files of what it erases: their hashes stay in the chain."""
    op.execute(
        """
        create or replace function refuse_unless_draft() returns trigger language plpgsql as $$
        begin
            if old.message_id is null then
                return case tg_op when 'DELETE' then old else new end;
            end if;
            if tg_op = 'UPDATE'
                and (new.name, new.key, new.size) = ('', '', 0)
                and (new.id, new.message_id, new.sha256, new.media_type, new.is_scanned)
                    = (old.id, old.message_id, old.sha256, old.media_type, old.is_scanned)
                and exists (
                    select 1 from message_tombstone t where t.message_id = old.message_id
                )
            then
                return new;
            end if;
            raise exception 'a file that was sent is not changed'
                using errcode = 'insufficient_privilege';
        end $$
        """
    )
    op.execute(
        """
        create or replace function erase_message(
            tombstone uuid, erased uuid, why text, moment timestamptz, who uuid
        ) returns boolean language plpgsql security definer set search_path = public as $$
        declare
            has_text boolean := exists (select 1 from message_body b where b.message_id = erased);
        begin
            if coalesce(btrim(why), '') = '' then
                raise exception 'an erasure needs its reason';
            end if;
            if has_text then
                insert into message_tombstone (id, message_id, reason, erased_at, erased_by_id)
                    values (tombstone, erased, why, moment, who);
                delete from message_body where message_id = erased;
            elsif not exists (select 1 from message_tombstone t where t.message_id = erased) then
                return false;
            end if;
            update attachment set name = '', key = '', size = 0
                where message_id = erased and key <> '';
            return found or has_text;
        end $$
        """
    )


def _note_scans() -> None:
    op.add_column(
        "attachment",
        sa.Column("is_scanned", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.alter_column("attachment", "is_scanned", server_default=None)


def _keep_refused_mail() -> None:
    op.create_table(
        "refused_mail",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("sender", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.String, nullable=False),
    )
    op.create_index("ix_refused_mail_received_at", "refused_mail", ["received_at"])
    protect("refused_mail", app="select, insert")
