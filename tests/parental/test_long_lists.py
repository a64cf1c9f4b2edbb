"""Long lists are read by a real worker, whatever happens to it."""

import io
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from portal.core import jobs as core_jobs
from portal.parental import jobs
from portal.parental.models import ListImport, Rule, SavedVersion
from tests.browser import Browser
from tests.cast import make_cast
from tests.live import wait_until
from tests.parental.factories import make_profile
from tests.parental.real_lists import real_list


class Home:
    """A parent's home on a live database: a browser, and what is stored."""

    def __init__(self, live, db, alice, profile):
        self.live, self.db, self.alice = live, db, alice
        self.app = live.app()
        self.sessions = []
        self.browser = self.another_browser()
        self.form = self.browser.get(
            "parental.import_list", account_id=alice.account_id, profile_id=profile.id
        )

    def another_browser(self):
        """Sign in on one more device."""
        self.sessions.append(self.live.session())
        browser = Browser(self.app, self.sessions[-1])
        browser.log_in(self.alice)
        return browser

    def newest(self):
        self.db.rollback()
        query = select(ListImport).order_by(ListImport.created_at.desc()).limit(1)
        return self.db.scalars(query.execution_options(populate_existing=True)).one()

    def is_read(self):
        return not self.newest().is_being_read

    def jobs(self):
        self.db.rollback()
        return self.db.scalar(
            text("select count(*) from jobs.procrastinate_jobs where queue_name = 'default'")
        )

    def standing(self):
        self.db.rollback()
        standing = select(func.count()).select_from(Rule).where(Rule.removed_at.is_(None))
        return self.db.scalar(standing)


@pytest.fixture
def home(live):
    with live.session() as db:
        alice = make_cast(db)["alice"]
        profile = make_profile(db, alice.account)
        db.commit()
        made = Home(live, db, alice, profile)
        yield made
        for session in made.sessions:
            session.close()


def upload(name):
    return (io.BytesIO(real_list(name)), name)


@pytest.mark.long
def test_the_worker_reads_long_lists_and_says_what_they_change(home):
    waiting = home.form.submit(file=upload("facebook.txt"))
    assert "The list is being read" in waiting.text
    home.live.start_worker()

    wait_until(home.is_read, patience=60)
    preview = home.browser.open(waiting.path)
    assert "Take over 79 sites" in preview.body
    done = preview.submit()
    assert "79 sites are taken over." in done.text
    assert home.standing() == 79

    _a_longer_one_is_refused_with_the_count(home)


def _a_longer_one_is_refused_with_the_count(home):
    waiting = home.form.submit(file=upload("adguard_drugs-ags.txt"))

    wait_until(home.is_read, patience=60)
    refused = home.browser.open(waiting.path)
    assert "would hold 19093 sites; it has room for 10000" in refused.text
    assert home.browser.send("POST", waiting.path, token=True).status == 422
    assert home.standing() == 79


@pytest.mark.long
def test_a_killed_worker_leaves_a_list_that_another_reads(home):
    worker = home.live.start_worker()
    home.form.submit(file=upload("sinfonietta_pornography-hosts"))
    wait_until(lambda: home.newest().lines_read > 0, patience=60)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    half_read = home.newest()
    assert half_read.is_being_read
    assert (half_read.fates, half_read.added) == ({}, [])

    home.live.start_worker()
    wait_until(home.is_read, patience=90)

    again = home.newest()
    assert again.fault is not None
    assert again.fault[1]["count"] == 41935
    wait_until(lambda: home.jobs() == 0)  # A job ends a moment after its work.


REAL = {
    "alt-version_vaping-nl.txt": 32,
    "dnsmasq-version_piracy-dnsmasq.txt": 1166,
    "facebook.txt": 79,
    "fortnite.txt": 5,
    "sinfonietta_gambling-hosts": 1458,
    "sinfonietta_social-hosts": 564,
    "tiktok.txt": 294,
}
LARGER = {
    "adguard_drugs-ags.txt": 19014,
    "alt-version_phishing-nl.txt": 118083,
    "sinfonietta_pornography-hosts": 41935,
    "youtube.txt": 24280,
}


@pytest.mark.long
def test_real_lists_within_the_limit_are_taken_over_and_larger_ones_refused(home):
    home.live.start_worker()

    for name, count in (REAL | LARGER).items():
        home.form.submit(file=upload(name))
        wait_until(home.is_read, patience=90)
        read = home.newest()
        if name in LARGER:
            assert (read.fault[1]["count"], read.added) == (count, []), name
        else:
            assert (read.fault, len(read.added)) == (None, count), name


def test_of_two_presses_at_once_one_counts(home):
    preview = home.form.submit(text="a.kz\nb.kz")
    tabs = [home.another_browser() for _ in range(2)]

    pages = [tab.open(preview.path) for tab in tabs]
    with ThreadPoolExecutor(2) as many:
        taken = list(many.map(lambda page: page.submit().status, pages))
    with ThreadPoolExecutor(2) as many:
        undone = list(
            many.map(lambda tab: tab.send("POST", f"{preview.path}/undo", token=True).status, tabs)
        )

    assert sorted(taken) == [200, 422]
    assert undone == [302, 302]
    assert home.standing() == 0
    acts = select(SavedVersion.act).order_by(SavedVersion.number)
    assert home.db.scalars(acts).all() == ["list_imported", "import_undone"]


def test_a_list_that_takes_too_long_is_given_up(home, monkeypatch):
    page = home.form.submit(text="a.kz\n" * 30_000)
    monkeypatch.setattr(core_jobs, "_served", [home.live.app("kabinet_worker")])
    monkeypatch.setattr(jobs, "LONGEST_READING", 0.0)

    jobs.read_long_list(import_id=str(home.newest().id))

    assert "takes too long" in home.browser.open(page.path).text
    assert not home.newest().is_being_read
