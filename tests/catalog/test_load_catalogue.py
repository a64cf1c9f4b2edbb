import pytest
from sqlalchemy import func, select

from portal.catalog.models import CatalogueVersion, Offering, Price
from tests.catalog.test_reading import SHIPPED


@pytest.fixture
def load(app, db, tmp_path):
    def run(text):
        db.commit()
        file = tmp_path / "offerings.yaml"
        file.write_text(text, encoding="utf-8")
        done = app.test_cli_runner().invoke(args=["catalog", "load", str(file)])
        db.expire_all()
        return done

    return run


def count(db, model):
    return db.scalar(select(func.count()).select_from(model))


def prices(db, code):
    query = select(Price).join(Price.offering).where(Offering.code == code)
    return [
        (price.monthly, price.valid_until is None)
        for price in db.scalars(query.order_by(Price.valid_from, Price.valid_until.desc()))
    ]


def test_the_shipped_catalogue_is_loaded(load, db):
    done = load(SHIPPED)

    assert done.output == "added 25, changed 0, new prices 0\n"
    assert (count(db, Offering), count(db, Price)) == (25, 25)


def test_loading_again_changes_nothing(load, db):
    load(SHIPPED)

    done = load(SHIPPED)

    assert done.output == "added 0, changed 0, new prices 0\n"
    assert count(db, Price) == 25


def test_a_changed_price_makes_a_new_row(load, db, noon):
    load(SHIPPED)
    db.execute(Price.__table__.update().values(valid_from=noon.replace(year=2025)))

    done = load(SHIPPED.replace("monthly: 6990", "monthly: 7490"))

    assert done.output == "added 0, changed 0, new prices 1\n"
    assert prices(db, "vmeste-200") == [(6990, False), (7490, True)]


def test_a_changed_text_changes_the_offering(load, db):
    load(SHIPPED)

    done = load(SHIPPED.replace("98 каналов", "99 каналов"))

    assert done.output == "added 0, changed 1, new prices 0\n"


def test_a_faulty_file_loads_nothing_and_names_its_lines(load, db):
    done = load(SHIPPED.replace("monthly: 250", "monthly: -1").replace("code: mesh", "code: Mesh"))

    assert done.exit_code == 1
    assert "offerings.yaml: line" in done.output
    assert "offerings[24].price.monthly" in done.output
    assert "Nothing was loaded." in done.output
    assert count(db, Offering) == 0


def test_a_file_that_is_no_text_is_refused(app, tmp_path):
    file = tmp_path / "offerings.yaml"
    file.write_bytes(b"\xff\xfe\x00")

    done = app.test_cli_runner().invoke(args=["catalog", "load", str(file)])

    assert done.exit_code == 1
    assert "not UTF-8" in done.output


def test_what_is_exported_is_loaded_again_without_a_change(app, load, db):
    load(SHIPPED)
    db.commit()

    written = app.test_cli_runner().invoke(args=["catalog", "export"]).output
    done = load(written)

    assert done.output == "added 0, changed 0, new prices 0\n"
    assert count(db, CatalogueVersion) == 1


def test_each_load_that_changes_something_is_a_version(load, db):
    load(SHIPPED)
    load(SHIPPED)
    load(SHIPPED.replace("98 каналов", "99 каналов"))

    query = select(CatalogueVersion).order_by(CatalogueVersion.number)
    found = [(each.number, each.reason, each.author_id) for each in db.scalars(query)]
    assert found == [(1, "offerings.yaml", None), (2, "offerings.yaml", None)]
