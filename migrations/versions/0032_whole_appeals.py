"""Put what is shown of a file into the chain, and let an erased first message take its subject.

Messages that are there keep format 1 of the chain: names of their files were not hashed. Of what
was erased before, the subject is blanked now.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0032_whole_appeals"
down_revision = "0031_free_days"
branch_labels = None
depends_on = None

_KINDS = {
    "fault": ("Ақау", "Неисправность", "Fault"),
    "question": ("Сұрақ", "Вопрос", "Question"),
    "complaint": ("Шағым", "Жалоба", "Complaint"),
    "suggestion": ("Ұсыныс", "Предложение", "Suggestion"),
    "gratitude": ("Алғыс", "Благодарность", "Thanks"),
}


def upgrade() -> None:
    _note_format()
    _compare_labels()
    _let_erase_subjects()
    _blank_erased()


def _note_format() -> None:
    op.add_column(
        "message", sa.Column("format", sa.SmallInteger, nullable=False, server_default="1")
    )
    op.add_column("message", sa.Column("labels", pg.JSONB, nullable=False, server_default="[]"))
    op.alter_column("message", "format", server_default=None)
    op.alter_column("message", "labels", server_default=None)


def _compare_labels() -> None:
    """Tell of each file also the hash of what is shown of it; null when its salt was erased."""
    op.execute(
        """
        create or replace function conversation_kept(asked uuid)
        returns table (
            place integer, text_hash text, is_erased boolean, files jsonb, head varchar
        ) language sql stable as $$
            select m.position,
                encode(sha256(b.salt || convert_to(b.body, 'UTF8')), 'hex'),
                t.id is not null,
                coalesce(
                    (
                        select jsonb_agg(
                            jsonb_build_object(
                                'sha256', f.sha256,
                                'key', f.key,
                                'label', encode(
                                    sha256(
                                        b.salt || convert_to(
                                            concat_ws(
                                                chr(10), f.sha256, f.media_type, f.size, f.name
                                            ),
                                            'UTF8'
                                        )
                                    ),
                                    'hex'
                                )
                            ) order by f.id
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


def _let_erase_subjects() -> None:
    """Let `erase_message` put `instead` where the subject of an erased first message stood.

    That is the appeal itself, what is asked of its rating, and the notices of it.
    """
    op.execute(
        """
        create function blank_subject(erased uuid, instead text) returns boolean
        language plpgsql set search_path = public as $$
        declare
            its_id uuid;
            its_number varchar;
        begin
            update appeal a set subject = instead, version = a.version + 1
                from message m
                where m.id = erased and m.position = 1 and m.author = 'customer'
                    and a.id = m.appeal_id and a.subject <> instead
                returning a.id, a.number into its_id, its_number;
            if its_id is null then
                return false;
            end if;
            update rating_request set title = instead
                where subject_kind in ('appeal', 'contact') and subject_id = its_id;
            update notification set values = jsonb_set(values, '{topic}', to_jsonb(instead))
                where values ? 'topic' and values ->> 'number' = its_number;
            return true;
        end $$
        """
    )
    op.execute("revoke execute on function blank_subject(uuid, text) from public")
    op.execute("drop function erase_message(uuid, uuid, text, timestamptz, uuid)")
    op.execute(
        """
        create function erase_message(
            tombstone uuid, erased uuid, why text, moment timestamptz, who uuid,
            instead text default null
        ) returns boolean language plpgsql security definer set search_path = public as $$
        declare
            has_text boolean := exists (select 1 from message_body b where b.message_id = erased);
            has_files boolean;
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
            has_files := found;
            return coalesce(blank_subject(erased, instead), false) or has_files or has_text;
        end $$
        """
    )
    signature = "erase_message(uuid, uuid, text, timestamptz, uuid, text)"
    op.execute(f"revoke execute on function {signature} from public")
    op.execute(f"grant execute on function {signature} to kabinet_worker")


def _blank_erased() -> None:
    names = sa.values(
        sa.column("kind", sa.String),
        sa.column("language", sa.String),
        sa.column("name", sa.String),
        name="names",
    ).data(
        [
            (kind, language, name)
            for kind, row in _KINDS.items()
            for language, name in zip(("kk", "ru", "en"), row, strict=True)
        ]
    )
    appeal = sa.table("appeal", sa.column("id"), sa.column("kind"), sa.column("contact_id"))
    contact = sa.table("contact", sa.column("id"), sa.column("language"))
    message = sa.table("message", sa.column("id"), sa.column("appeal_id"))
    tombstone = sa.table("message_tombstone", sa.column("message_id"))
    op.execute(
        sa.select(sa.func.blank_subject(message.c.id, names.c.name))
        .select_from(tombstone)
        .join(message, message.c.id == tombstone.c.message_id)
        .join(appeal, appeal.c.id == message.c.appeal_id)
        .join(contact, contact.c.id == appeal.c.contact_id)
        .join(names, sa.and_(names.c.kind == appeal.c.kind, names.c.language == contact.c.language))
    )
