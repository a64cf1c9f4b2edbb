"""How a customer rates an answer."""


def rate(browser, person, appeal_id, score=4, comment="Quick"):
    page = browser.get("appeals.show_appeal", account_id=person.account_id, appeal_id=appeal_id)
    return page.follow("Rate the answer").submit(score=score, comment=comment)
