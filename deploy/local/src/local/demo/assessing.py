"""Reviewers at work on the applications of a round."""

from typing import Any

from local.demo.applications import Fate, Reviews
from local.demo.loading import REVIEWERS, Loading, Sent, side_by_side
from local.demo.people import People

CRITERIA = ("need", "vulnerable-families", "motivation", "leadership")
_FIRST, _SECOND, _THIRD = REVIEWERS


def assess(loading: Loading, name: str, *, wholly: bool = False) -> None:
    """Bring each application of a round as far as its reviewers come, or `wholly` as far as it takes to decide."""
    numbers = {sent.id: number for number, sent in enumerate(loading.sent[name])}
    standing = [sent for sent in loading.live(name) if sent.planned.fate is not Fate.WITHDRAWN]

    def as_far_as_it_comes(sent: Sent) -> None:
        _assess(loading.people, sent, Reviews.AGREE if wholly else sent.planned.reviews, numbers[sent.id])

    side_by_side(as_far_as_it_comes, standing)


def _assess(people: People, sent: Sent, reviews: Reviews, number: int) -> None:
    high, low = (1 + number % 3, 2, 3, 2), (0, 0, 1, 0)
    match reviews:
        case Reviews.NOBODY:
            pass
        case Reviews.TAKEN:
            _take(people, sent, _FIRST)
        case Reviews.DRAFT:
            own = _take(people, sent, _FIRST)
            scores = {"scores": _scores((2, 3))}
            people.do(_FIRST, f"assessments/{sent.id}/draft", scores, version=own["version"])
        case Reviews.ONE:
            _hand_in(people, sent, _SECOND, high)
        case Reviews.AGREE:
            _hand_in(people, sent, _FIRST, high)
            _hand_in(people, sent, _SECOND, (2, 2, 3, 2))
        case Reviews.DISAGREE:
            _hand_in(people, sent, _FIRST, (3, 3, 3, 3))
            _hand_in(people, sent, _THIRD, low)
        case Reviews.THREE:
            for reviewer in REVIEWERS:
                _hand_in(people, sent, reviewer, high)
        case Reviews.CHANGED:
            own = _hand_in(people, sent, _FIRST, low)
            _hand_in(people, sent, _SECOND, high)
            again = {"scores": _scores(high), "reason": "Jeg havde overset tilsynet fra i år."}
            people.do(_FIRST, f"assessments/{sent.id}/scores", again, version=own["version"])
        case Reviews.CONFLICT:
            _hand_in(people, sent, _FIRST, high)
            said = {"reason": "Min søster leder det ene dagtilbud."}
            people.do(_THIRD, f"assessments/{sent.id}/conflict", said)


def _take(people: People, sent: Sent, reviewer: str) -> Any:
    return people.do(reviewer, f"assessments/{sent.id}/taking")


def _hand_in(people: People, sent: Sent, reviewer: str, points: tuple[int, ...]) -> Any:
    own = _take(people, sent, reviewer)
    body = {"scores": _scores(points)}
    return people.do(reviewer, f"assessments/{sent.id}/scores", body, version=own["version"])


def _scores(points: tuple[int, ...]) -> list[dict[str, Any]]:
    return [
        {"criterion": criterion, "points": given, "remark": "Godt belyst med tal." if given == 3 else None}
        for criterion, given in zip(CRITERIA, points, strict=False)
    ]
