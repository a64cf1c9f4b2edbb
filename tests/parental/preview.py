"""The page that says what would become of a list."""


def facts(page):
    """Return how many sites are new, in conflict, known, covered and refused."""
    cells = page.all("main dl.facts div")
    return [int(cell.cssselect("dd")[0].text_content()) for cell in cells]
