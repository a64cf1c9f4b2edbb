"""The shelf of components."""

import pytest
from flask import Flask

from tests.browser import Browser


@pytest.fixture
def _debugging(app: Flask) -> object:
    app.config["DEBUG"] = True
    yield
    app.config["DEBUG"] = False


@pytest.mark.usefixtures("_debugging")
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("query", ["", "&errors=1"])
def test_the_shelf_shows_every_component(browser: Browser, language: str, query: str) -> None:
    page = browser.open(f"/dev/components?lang={language}{query}")

    assert page.status == 200
    assert len(page.all(".shelf")) == 9


def test_the_shelf_is_closed_to_customers(browser: Browser) -> None:
    assert browser.get("dev.show_components").status == 404
