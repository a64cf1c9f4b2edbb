"""`flask sla`: what an operator checks by hand or by night."""

import sys

import click
from flask.cli import AppGroup

from portal.core import db
from portal.promises import actions, queries, timing
from portal.promises.tracker import Tracker
from portal.promises.verifying import differences

cli = AppGroup("sla", help="Promises and their clocks.")


@cli.command("verify")
def verify() -> None:
    """Rebuild every promise from its events and compare: prints each difference."""
    subjects, found = 0, 0
    with db.transaction(staff=True):
        for kind in queries.subject_kinds():
            for story in queries.stories(kind):
                subjects += 1
                for line in _differences(kind, story):
                    found += 1
                    click.echo(f"{kind} {story.subject_id} {line}")
        for line in timing.differences():
            found += 1
            click.echo(line)
    click.echo(f"{subjects} subjects, {found} differences")
    sys.exit(1 if found else 0)


def _differences(kind: str, story: queries.Story) -> list[str]:
    """Return what differs; what somebody wrote between the two streams does not."""
    if not differences(queries.case_from(story.events), story.promises):
        return []
    return actions.look_again(actions.Subject(kind, story.subject_id))


@cli.command("rebuild")
def rebuild() -> None:
    """Rebuild what differs from its events, each subject by itself; prints which. Run as worker."""
    with db.transaction(staff=True):
        wrong = [
            _subject(kind, story)
            for kind in queries.subject_kinds()
            for story in queries.stories(kind)
            if _differences(kind, story)
        ]
    for subject in wrong:
        with db.transaction(staff=True):
            actions.rebuild(subject)
        click.echo(f"{subject.kind} {subject.id} rebuilt")
    click.echo(f"{len(wrong)} subjects rebuilt")


def _subject(kind: str, story: queries.Story) -> actions.Subject:
    row = story.events[0] if story.events else story.promises[0]
    return actions.Subject(kind, story.subject_id, row.account_id, row.user_id, row.secret_hash)


@cli.command("track")
def track() -> None:
    """Tell of promises as their time passes, until SIGTERM. Several may run at once."""
    Tracker().run()
