"""Gatherings, those who come to them, and those who wait for dates. The office registers all of them, as it does for
whoever rings up: others would have to confirm it by the link in an e-mail."""

from typing import Any

from local.demo.applying import contact
from local.demo.loading import SECRETARY, Loading
from local.story.client import wait_for

LEARNING_DAY = {
    "programme": "learning-day",
    "title_da": "Læringsdag om barnets første 1000 dage",
    "title_en": "Learning day on a child's first thousand days",
    "town": "Odense",
    "address": "Opfundet Plads 1",
}
TRAINING = {
    "programme": "toolkit-training",
    "title_da": "Kufferten i Nuuk",
    "title_en": "The toolkit in Nuuk",
    "town": "Nuuk",
    "address": "Aqqusinersuaq 1",
    "zone": "America/Nuuk",
}
TITLES = frozenset({LEARNING_DAY["title_da"], TRAINING["title_da"]})


def wait_for_dates(loading: Loading) -> None:
    """Let people ask to be told when there is a training."""
    for number in range(3):
        _put_down(loading, TRAINING["programme"], number, "leaders")


def announce_first(loading: Loading) -> None:
    """Announce a day, for which people register."""
    loading.gathering = _announce(loading, LEARNING_DAY, day=100, places=40)
    for number, people in enumerate((2, 1, 3)):
        _register(loading, loading.gathering, number, people)


def hold_first(loading: Loading) -> None:
    """Note who was there, all but one, and that the first of them have sent their plan."""
    path = f"gatherings/{loading.gathering['id']}"
    registered = _registered(loading, loading.gathering)
    present = [each["id"] for party in registered for each in party["attendees"]][:-1]
    _note(loading, f"{path}/attendance", {"present": present})
    _note(loading, f"{path}/follow-ups", {"received": [registered[0]["id"]]})
    wait_for("the day is held", lambda: loading.people.get(SECRETARY, path)["status"] == "held")


def gather(loading: Loading) -> None:
    """Announce a day with people who wait, a training for those who asked for it, and a day that is called off."""
    full = _announce(loading, LEARNING_DAY, day=240, places=6)
    for number, people in enumerate((2, 3, 2, 1, 2)):
        _register(loading, full, number, people)
    training = _announce(loading, TRAINING, day=260, places=20)
    wait_for("places are offered", lambda: len(_registered(loading, training)) == 3)
    off = _announce(loading, LEARNING_DAY, day=230, places=30)
    _register(loading, off, 7, 2)
    loading.people.do(SECRETARY, f"gatherings/{off['id']}/cancellation", version=off["version"])
    wait_for("nobody has a place any more", lambda: not _registered(loading, off))
    for number in range(4, 6):
        _put_down(loading, LEARNING_DAY["programme"], number, "leaders")


def _put_down(loading: Loading, programme: str, number: int, audience: str) -> None:
    body = {"programme": programme, **contact(number), "audience": audience, "municipality": "0957"}
    loading.people.do(SECRETARY, "interests", body)


def _registered(loading: Loading, cohort: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = loading.people.get(SECRETARY, f"gatherings/{cohort['id']}/registrations")
    return found


def _note(loading: Loading, path: str, body: dict[str, Any]) -> None:
    version = loading.people.version(SECRETARY, f"{path.rpartition('/')[0]}/registrations")
    loading.people.do(SECRETARY, path, body, version=version)


def _announce(loading: Loading, gathering: dict[str, str], day: int, places: int) -> Any:
    body = {
        **gathering,
        "starts_on": str(loading.day(day)),
        "deadline": str(loading.day(day - 14)),
        "places": places,
    }
    return loading.people.do(SECRETARY, "gatherings", body)


def _register(loading: Loading, cohort: Any, number: int, people: int) -> None:
    body = {
        **contact(number),
        "municipality": "0561",
        "attendees": [
            {"name": contact(number + place * 5)["name"], "audience": cohort["audiences"][0]} for place in range(people)
        ],
    }
    loading.people.do(SECRETARY, f"gatherings/{cohort['id']}/registrations", body)
