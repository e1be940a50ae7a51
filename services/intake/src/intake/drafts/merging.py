"""One draft written on several pages at once, put together field by field; a field has the name it has in the form."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from intake.applications.model import Selection, Wish

SELECTION = "selection."
_MARK_LENGTH = 16
OF_A_DAYCARE = tuple(each.name for each in fields(Selection) if each.name != "daycare_id")
"""What is said of each daycare."""
EMPTY = Wish()


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says of the fields that it shows, by their names.

    `seen` are the marks of what stood in them when they were shown there. `page` tells one page from every other, so
    that what it has saved itself is no news to it. `settled` are the fields in which its writer has seen another text
    too, by the mark of that, and wants theirs.
    """

    parts: Mapping[str, object]
    seen: Mapping[str, str] = field(default_factory=dict)
    page: str | None = None
    settled: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Merged:
    """What a draft holds when a page has been heard."""

    content: Wish
    conflicts: tuple[str, ...] = ()
    """Fields that were changed here and elsewhere, to different ends; they hold what stood there."""
    news: tuple[str, ...] = ()
    """Fields that were changed elsewhere alone."""


def parts_of(content: Wish) -> Mapping[str, object]:
    """The content by the names of the form's fields; what has not been filled in is there as nothing."""
    parts = {each.name: getattr(content, each.name) for each in fields(Wish) if each.name != "selection"}
    for chosen in content.selection:
        parts |= {selection_part(chosen.daycare_id, name): getattr(chosen, name) for name in OF_A_DAYCARE}
    return parts


def selection_part(daycare: UUID, name: str) -> str:
    """The name of the field in which one thing is said of one daycare."""
    return f"{SELECTION}{daycare}.{name}"


def said_of_daycare(name: str) -> str | None:
    """Which one thing a field says of one daycare; nothing where it says none, or is no field of ours."""
    head, _, said = name.rpartition(".")
    try:
        is_ours = head == f"{SELECTION}{UUID(head.removeprefix(SELECTION))}"
    except ValueError:
        return None
    return said if is_ours and said in OF_A_DAYCARE else None


def is_part(name: str) -> bool:
    """Whether a draft has a part of this name, or may have."""
    return said_of_daycare(name) is not None or name in parts_of(EMPTY)


def with_parts(content: Wish, parts: Mapping[str, object]) -> Wish:
    """The content with these of its parts; the others stay."""
    whole = {**parts_of(content), **parts}
    ids = dict.fromkeys(UUID(name.split(".")[1]) for name in whole if name.startswith(SELECTION))
    chosen = (Selection(id, **{name: whole.get(selection_part(id, name)) for name in OF_A_DAYCARE}) for id in ids)  # type: ignore[arg-type]
    simple = {name: value for name, value in whole.items() if not name.startswith(SELECTION)}
    return Wish(**simple, selection=tuple(each for each in chosen if each != Selection(each.daycare_id)))  # type: ignore[arg-type]


def mark_of(value: object) -> str:
    """A short mark of what stands in a field, whatever the order of what was chosen or the last noughts of a number."""
    plain = value
    if isinstance(value, tuple):
        plain = sorted(map(str, value))
    elif isinstance(value, Decimal):
        plain = f"{value.normalize():f}"
    return sha256(json.dumps(plain, default=str).encode()).hexdigest()[:_MARK_LENGTH]


def marks_of(content: Wish) -> Mapping[str, str]:
    """The mark of every part."""
    return {name: mark_of(value) for name, value in parts_of(content).items()}


def changed(before: Wish, after: Wish) -> frozenset[str]:
    """The names of the parts in which two contents differ."""
    old, new = parts_of(before), parts_of(after)
    return frozenset(name for name in {**old, **new} if old.get(name) != new.get(name))


def merge(content: Wish, pages: Mapping[str, str], said: Said) -> Merged:
    """What stands in the draft and what a page says, three ways: by what the page was shown with.

    What only the page has changed becomes as it says; what only others have changed stays; what both have changed to
    different ends stays and is a conflict. `pages` names the page that wrote a field last.
    """
    stands = parts_of(content)
    taken: dict[str, object] = {}
    conflicts, news = [], []
    for name, mine in said.parts.items():
        theirs = stands.get(name)
        if mark_of(mine) == mark_of(theirs):
            continue
        if _is_known(name, mark_of(theirs), pages, said):
            taken[name] = mine
        elif mark_of(mine) == said.seen.get(name):
            news.append(name)
        else:
            conflicts.append(name)
    return Merged(with_parts(content, taken), tuple(conflicts), tuple(news))


def unseen(content: Wish, pages: Mapping[str, str], said: Said) -> tuple[str, ...]:
    """The fields in which something stands that the page neither was shown with nor wrote."""
    marks = marks_of(content)
    return tuple(name for name in {**marks, **said.seen} if not _is_known(name, marks.get(name, NOTHING), pages, said))


def _is_known(name: str, theirs: str, pages: Mapping[str, str], said: Said) -> bool:
    own = said.page is not None and pages.get(name) == said.page
    return own or theirs in (said.seen.get(name, _untouched(name)), said.settled.get(name))


def _untouched(name: str) -> str:
    return mark_of(getattr(EMPTY, name, None))


NOTHING = mark_of(None)
"""The mark of a field that is empty."""
