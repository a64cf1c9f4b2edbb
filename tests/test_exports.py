"""What staff let out of the portal is kept, though the request that does it only reads."""

import csv
import io

from tests.browser import Browser
from tests.cast import make_cast
from tests.exports import exports
from tests.live import Live
from tests.services.factories import stock


def test_the_audit_says_who_let_what_out_and_how_much(live: Live) -> None:
    with live.session() as db:
        people = make_cast(db)
        catalogue = stock(db)
        db.commit()
        eric, gulnara = (Browser(live.app(), db) for _ in range(2))
        eric.log_in(people["eric"])
        gulnara.log_in(people["gulnara"])

        analysis = eric.get("figures.download_analysis").body
        eric.get("services.download_leaving", month="2026-10")
        gulnara.get("catalog.export_catalogue")
        gulnara.get("catalog.export_catalogue", version="99")

        rows = len(list(csv.reader(io.StringIO(analysis)))) - 1
        assert exports(db, by=people["eric"]) == [
            ("figures.analysis_exported", {"rows": rows, "months": "2024-12/2026-11"}),
            ("services.leaving_exported", {"rows": 0, "month": "2026-10"}),
        ]
        assert exports(db, by=people["gulnara"]) == [
            ("catalog.catalogue_exported", {"rows": len(catalogue), "file": "catalogue.yaml"})
        ]
