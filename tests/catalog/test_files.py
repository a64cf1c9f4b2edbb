"""The catalogue goes out as a file and comes back into the draft, all of it or nothing."""

import io

import pytest
from sqlalchemy import select

from portal.catalog.models import Offering, OfferingDraft
from tests.catalog.acts import count, edit, monthly, release


def test_an_exported_file_read_again_changes_nothing(desk, db, catalogue):
    file = desk.get("catalog.export_catalogue").response.data

    page = send_file(desk, file)

    assert "nothing waits" in page.text
    assert count(db, OfferingDraft) == 0


def test_a_file_comes_into_the_draft_and_what_it_leaves_out_stays(desk, db, catalogue):
    file = desk.get("catalog.export_catalogue").response.data.decode()
    without_last = file[: file.rindex("  - code:")].replace("monthly: 890", "monthly: 900")

    page = send_file(desk, without_last.encode())

    assert "1 offering is not in the file: it stays as it is" in page.text
    assert monthly(db, "mesh") == [(890, True)]
    release(desk)
    assert monthly(db, "mesh") == [(890, False), (900, True)]
    last = list(catalogue)[-1]
    assert db.scalar(select(Offering.sold_until).where(Offering.code == last)) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"a: \x00", "binary"),
        (b"a: &x 1\nb: *x", "anchors"),
        (b"offerings: []", "no offering in the file"),
        (b"offerings: [{code: 1}]", "offerings[0].family"),
        (b"", "the file is empty"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_in_words(desk, db, content, words):
    page = send_file(desk, content)

    assert page.status == 422
    assert words in page.body
    assert count(db, OfferingDraft) == 0


def test_the_faults_of_a_file_have_lines_and_paths(desk, db, catalogue):
    file = desk.get("catalog.export_catalogue").response.data.decode()
    broken = file.replace("monthly: 12990", "monthly: -1")

    page = send_file(desk, broken.encode())

    [line] = [each.text_content() for each in page.all(".desk-faults small")]
    [place] = [each.text_content() for each in page.all(".desk-faults code")]
    [words] = [each.text_content() for each in page.all(".desk-faults p")]
    assert broken.splitlines()[int(line.removeprefix("line ")) - 1].strip() == "monthly: -1"
    assert place.endswith(".price.monthly")
    assert words == "must be greater than or equal to 0"


def test_a_file_does_not_bury_what_waits(desk, db, catalogue):
    edit(desk, "mesh", monthly="1000")

    page = send_file(desk, desk.get("catalog.export_catalogue").response.data)

    assert page.status == 422
    assert "Changes wait in the draft already" in page.text


def send_file(desk, content):
    page = desk.get("catalog.import_catalogue")
    return page.submit(file=(io.BytesIO(content), "catalogue.yaml"))
