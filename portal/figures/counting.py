"""The counting itself, in SQL: a day's sums are always made anew from events and promises.

An appeal counts once. It is late if any of its promises was broken or is late now; else replaced if
an investigation took the place of the simple answer, for that is never “in time”; else running,
while it has neither a final answer nor another end; else released if it ended without an answer;
else in time. Minutes are whole ones from the receipt
to the first final answer, rounded up: to 5 from an hour on, to 15 from six hours, to an hour from a
day, to six hours from five days on.
"""

from sqlalchemy import text

_BORN = """
    with born as materialized (
        select e.subject_id, e.data ->> 'channel' as channel, e.data ->> 'kind' as kind,
            coalesce((e.data ->> 'received_at')::timestamptz, e.at) as received_at
        from promise_event e
        where e.at >= :begins and e.at < :ends
            and e.subject_kind = 'appeal' and e.happening = 'registered'
    )
"""
_VERDICT = """
    , facts as (
        select p.subject_id,
            bool_or(coalesce(p.ended_at, :now) > p.due_at or p."end" = 'broken') as is_late,
            bool_or(p."end" is null and p.due_at < :now) as is_late_now,
            bool_or(p."end" = 'replaced') as is_replaced,
            bool_or(p."end" is null) as is_running,
            bool_or(p."end" = 'released') and not coalesce(bool_or(
                p.kind in ('final', 'claim', 'repair') and p."end" = 'fulfilled'), false)
                as is_released
        from born b
        join promise p on p.subject_kind = 'appeal' and p.subject_id = b.subject_id
        group by p.subject_id
    ), turns as (
        select distinct on (e.subject_id) e.subject_id,
            e.happening not in ('registered', 'reopened') as is_over
        from born b
        join promise_event e on e.subject_kind = 'appeal' and e.subject_id = b.subject_id
        where e.happening in ('registered', 'reopened', 'final_sent', 'settled', 'withdrawn',
            'rejected')
        order by e.subject_id, e.seq desc
    ), verdict as (
        select b.subject_id, b.channel, b.kind, coalesce(f.is_late_now, false) as is_late_now,
            case when f.is_late then 'late' when f.is_replaced then 'replaced'
                when f.is_running or not t.is_over then 'running'
                when f.is_released then 'released' else 'in_time' end as word
        from born b join turns t using (subject_id) left join facts f using (subject_id)
    )
"""
APPEALS = text(
    f"""{_BORN}{_VERDICT}
    insert into appeal_day (id, day_on, channel, kind, received, in_time, late, late_open,
        replaced, released, running)
    select gen_random_uuid(), :day, channel, kind, count(*),
        count(*) filter (where word = 'in_time'), count(*) filter (where word = 'late'),
        count(*) filter (where is_late_now), count(*) filter (where word = 'replaced'),
        count(*) filter (where word = 'released'), count(*) filter (where word = 'running')
    from verdict group by channel, kind
    """  # noqa: S608 - put together from this module alone
)
SPECIALISTS = text(
    f"""{_BORN}{_VERDICT}
    insert into specialist_day (id, day_on, user_id, decided, in_time)
    select gen_random_uuid(), :day, a.assignee_id, count(*),
        count(*) filter (where word = 'in_time')
    from verdict v join appeal a on a.id = v.subject_id
    where a.assignee_id is not null and word in ('in_time', 'late', 'replaced')
    group by a.assignee_id
    """  # noqa: S608
)
ANSWERS = text(
    f"""{_BORN}
    , answered as (
        select b.channel, b.kind,
            ceil(extract(epoch from min(e.at) - b.received_at) / 60)::int as minutes
        from born b join promise_event e
            on e.subject_kind = 'appeal' and e.subject_id = b.subject_id
            and e.happening = 'final_sent'
        group by b.subject_id, b.channel, b.kind, b.received_at
    ), stepped as (
        select channel, kind, greatest(minutes, 0) as minutes,
            case when minutes <= 60 then 1 when minutes <= 360 then 5 when minutes <= 1440 then 15
                when minutes <= 7200 then 60 else 360 end as step
        from answered
    )
    insert into answer_day (id, day_on, channel, kind, minutes, number)
    select gen_random_uuid(), :day, channel, kind, ceil(minutes::numeric / step)::int * step,
        count(*)
    from stepped group by 3, 4, 5
    """  # noqa: S608
)
PROMISES = text(
    f"""{_BORN}
    , judged as (
        select b.channel, p.kind,
            case when coalesce(p.ended_at, :now) > p.due_at or p."end" = 'broken' then 'late'
                when p."end" is null then 'running' when p."end" = 'fulfilled' then 'kept'
                else p."end" end as word
        from born b join promise p on p.subject_kind = 'appeal' and p.subject_id = b.subject_id
    )
    insert into promise_day (id, day_on, channel, kind, made, kept, late, replaced, released,
        running)
    select gen_random_uuid(), :day, channel, kind, count(*),
        count(*) filter (where word = 'kept'), count(*) filter (where word = 'late'),
        count(*) filter (where word = 'replaced'), count(*) filter (where word = 'released'),
        count(*) filter (where word = 'running')
    from judged group by channel, kind
    """  # noqa: S608
)
RATINGS = text(
    """
    insert into rating_day (id, day_on, subject_kind, channel, asked, answered, good)
    select gen_random_uuid(), :day, subject_kind, channel, asked, answered, good
    from rating_counts(:begins, :ends)
    """
)
BY_DAY = {
    "appeal_day": APPEALS,
    "answer_day": ANSWERS,
    "promise_day": PROMISES,
    "specialist_day": SPECIALISTS,
}
# The days of the appeals to which something happened, or of which a time ran out, since :since:
# when any promise is late, so is the next one, and those an index knows.
CHANGED = text(
    """
    with touched as (
        select distinct subject_id from promise_event
        where at >= :since and subject_kind = 'appeal'
        union
        select p.subject_id
        from promise n
        join promise p on p.subject_kind = n.subject_kind and p.subject_id = n.subject_id
        where n.is_next and n.subject_kind = 'appeal' and n.due_at <= :now
            and p."end" is null and p.due_at >= :since and p.due_at <= :now
    )
    select distinct (e.at at time zone :zone)::date as day
    from touched t join promise_event e
        on e.subject_kind = 'appeal' and e.subject_id = t.subject_id
        and e.happening = 'registered'
    order by day
    """
)
FIRST = text(
    "select min(at) from promise_event where subject_kind = 'appeal' and happening = 'registered'"
)
