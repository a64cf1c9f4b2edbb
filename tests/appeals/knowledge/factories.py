"""Answers, published through the real actions."""

from portal.accounts.models import User
from portal.appeals.knowledge import actions
from portal.appeals.knowledge.models import Tag
from tests.appeals.factories import acting

SLOW = {
    "kk": ("Интернет неге баяу?", "Роутерді өшіріп, он секундтан кейін қайта қосыңыз."),
    "ru": ("Почему интернет медленный?", "Выключите роутер и включите его через десять секунд."),
    "en": ("Why is the internet slow?", "Switch the router off, and on again after ten seconds."),
}
BILLS = {
    "kk": ("Шотты қалай төлеймін?", "Шоттарды «Ақша» бетінде картамен төлеңіз."),
    "ru": ("Как оплатить счёт?", "Счета оплачивают картой на странице «Деньги»."),
    "en": ("How do I pay my bill?", "Pay your bills by card on the page “Money”."),
}


def publish(app, person, words, *, kind=None, tags=(Tag.INTERNET,)):
    """Let an editor write and publish an answer; returns its id."""
    with acting(app, user_id=person.id, staff=True) as session:
        by = session.get_one(User, person.id)
        answer = actions.create_answer(words, kind=kind, tags=list(tags), by=by)
        session.flush()
        actions.publish_answer(answer, by=by)
        session.flush()
        return answer.id
