"""What a field holds in the store beside what was typed into it, so that a form that comes back undoes no one's change.

Each form carries a mark of what its fields held when it was shown. When it comes back, what its sender left as it was
shows what is stored now, and what they changed shows both. Of a group of boxes each is judged by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from markupsafe import Markup

from shared.errors import Text
from shared.formats import format_in_field
from shared.identity import Language

STOOD = "_stood"
"""What a form carries of the fields that it was shown with: `name=mark,mark`, apart by blanks; each tick has a mark.

A field that it does not name was shown empty.
"""

Values = Mapping[str, str | list[str]]
Options = Iterable[tuple[object, ...]]

NOW = Text("It stands like this now: {value}")
NOW_EMPTY = Text("It is empty now.")
TAKEN_OVER = Text("Somebody else, or you on another page, has changed this. It is shown as it stands now.")


@dataclass(frozen=True, slots=True)
class Standing:
    """How the fields of a form that has come back stand, as words: what is `stored` now, and what its sender `changed`.

    Those in `moved` are stored otherwise than the form was shown with; `boxes` are those of them, by their names, that
    the sender left as they were.
    """

    stored: Mapping[str, tuple[str, ...]]
    changed: Mapping[str, tuple[str, ...]]
    moved: frozenset[str]
    boxes: Mapping[str, frozenset[str]]


class Merged(dict[str, object]):
    """What the fields of a form show that has come back, with how they stand."""

    def __init__(self, fields: Mapping[str, object], standing: Standing) -> None:
        super().__init__(fields)
        self.standing = standing


def words_of(value: object, language: Language) -> tuple[str, ...]:
    """What a field shows, however the page holds it and the browser sends it; nothing where it is empty."""
    words = (_word(_shown(each, language)) for each in _each(value))
    return tuple(sorted(word for word in words if word))


def _each(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple | set | frozenset) else [value]


def _word(text: str) -> str:
    return "\n".join(text.splitlines()).strip()


def _shown(value: object, language: Language) -> str:
    if value is None or isinstance(value, bool):
        return "true" if value else ""
    return format_in_field(value, language) if isinstance(value, int | float | Decimal) else str(value)


def marks(fields: Mapping[str, object], language: Language) -> str:
    """What a form carries, so that it is known later what its sender has changed."""
    return " ".join(f"{name}={','.join(map(_mark, words_of(value, language)))}" for name, value in fields.items())


def marks_field(carried: str | None) -> Markup:
    """The hidden field with it, in forms whose fields show what is stored, be it nothing yet."""
    return Markup() if carried is None else Markup('<input type="hidden" name="{}" value="{}">').format(STOOD, carried)


def written_anew(typed: Values, stood: str | None) -> dict[str, list[str]]:
    """What was typed without what the form was shown with, which nobody has typed."""
    shown = _shown_with(stood)
    return {
        name: [each for each in ([value] if isinstance(value, str) else value) if _mark(_word(each)) not in shown[name]]
        for name, value in typed.items()
    }


def merged(stored: Mapping[str, object], typed: Values, stood: str | None, language: Language) -> Merged:
    """What was typed over what is stored, except where it is what the page had shown: that has nobody typed.

    Without marks all has been typed.
    """
    if stood is None:
        now = {name: words_of(value, language) for name, value in stored.items()}
        changed = {name: words_of(value, language) for name, value in typed.items()}
        return Merged({**stored, **typed}, Standing(now, changed, frozenset(), {}))
    shown = _shown_with(stood)
    now = {name: words_of(stored.get(name), language) for name in {*stored, *shown}}
    moved = {name: shown[name] ^ _marks(words) for name, words in now.items()}
    touched = {name: shown[name] ^ _marks(words_of(value, language)) for name, value in typed.items()}
    groups = {name: value for name, value in typed.items() if isinstance(value, list) and name in now}
    fields: dict[str, object] = {name: typed[name] for name in typed if touched[name] or name not in now}
    for name in groups.keys() & fields.keys() & stored.keys():
        fields[name] = _ticked(stored[name], groups[name], touched[name], language)
    changed = {name: words_of(value, language) for name, value in fields.items()}
    boxes = {
        name: frozenset(each for each in {*value, *now[name]} if _mark(_word(each)) in moved[name] - touched[name])
        for name, value in groups.items()
    }
    standing = Standing(now, changed, frozenset(name for name in moved if moved[name]), boxes)
    return Merged({**stored, **fields}, standing)


def _ticked(stored: object, typed: list[str], touched: frozenset[str], language: Language) -> list[object]:
    """What is ticked of a group of boxes: as it is stored, except for those that the sender has touched."""
    left = [each for each in _each(stored) if not _marks(words_of(each, language)) & touched]
    return [*left, *(each for each in typed if _mark(_word(each)) in touched)]


def note_on(sent: object, name: str, options: Options = ()) -> Text | None:
    """What a form that has come back says at a field, where another value is stored than was typed or shown."""
    if not isinstance(sent, Merged) or name not in sent.standing.stored:
        return None
    standing, there = sent.standing, sent.standing.stored[name]
    if name not in standing.changed:
        return TAKEN_OVER if name in standing.moved and not standing.boxes.get(name) else None
    if there == standing.changed[name]:
        return None
    if not there:
        return NOW_EMPTY if name in standing.moved else None
    labels = {str(option[0]): str(option[1]) for option in options}
    return Text(NOW.message, {"value": ", ".join(labels.get(each, each) for each in there)})


def note_on_box(sent: object, name: str, value: object) -> Text | None:
    """What a form that has come back says at a box that is ticked otherwise than it was shown, by somebody else."""
    boxes = sent.standing.boxes.get(name, ()) if isinstance(sent, Merged) else ()
    return TAKEN_OVER if str(value) in boxes else None


def _shown_with(stood: str | None) -> defaultdict[str, frozenset[str]]:
    named = (each.rpartition("=") for each in (stood or "").split())
    return defaultdict(frozenset, {name: frozenset(each.split(",")) - {""} for name, _, each in named})


def _marks(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(_mark, words))


def _mark(word: str) -> str:
    return sha256(word.encode()).hexdigest()[:12]
