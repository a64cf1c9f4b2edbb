"""Our promises are for everybody, the analysis for a supervisor."""

from tests.access import Row, public, staff

SUPERVISORS = ("eric",)

ROWS = {
    "figures.show_promises": Row(public()),
    "figures.download_promises": Row(public()),
    "figures.show_analysis": Row(staff(only=SUPERVISORS)),
    "figures.download_analysis": Row(staff(only=SUPERVISORS)),
}
