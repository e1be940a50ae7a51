"""The pages in docs/decisions are told apart by their number."""

import re
from collections import Counter

from local.state import CHECKOUT

PAGES = sorted(file.name for file in (CHECKOUT / "docs/decisions").iterdir())


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = Counter(name[:4] for name in PAGES)
    assert {number: count for number, count in numbers.items() if count > 1} == {}


def test_every_decision_is_called_by_its_number_and_question() -> None:
    assert [name for name in PAGES if not re.fullmatch(r"[0-9]{4}(-[a-z0-9]+)+\.md", name)] == []
