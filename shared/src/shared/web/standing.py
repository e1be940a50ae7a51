"""Three-way merge of a form that comes back: shown values, typed values, stored values. So no one's change is undone.

Each form carries marks (hashes) of the values with which it was shown. When it comes back, a field that the sender did
not change shows what is stored now, and a field that they changed shows what they typed, with a note of what is stored.
Each checkbox of a group is judged by itself.
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
"""The hidden field with the marks: `name=mark,mark`, separated by blanks; each ticked box has a mark.

A field that it does not name was shown empty.
"""

Values = Mapping[str, str | list[str]]
Options = Iterable[tuple[object, ...]]

NOW = Text("It stands like this now: {value}")
NOW_EMPTY = Text("It is empty now.")
TAKEN_OVER = Text("Somebody else, or you on another page, has changed this. It is shown as it stands now.")


@dataclass(frozen=True, slots=True)
class Standing:
    """How the fields of a form that has come back stand: what is `stored` now, and what its sender `changed`, as texts.

    `moved` are fields whose stored value differs from the one shown; `boxes` are those checkboxes of them, by field
    name, that the sender did not touch.
    """

    stored: Mapping[str, tuple[str, ...]]
    changed: Mapping[str, tuple[str, ...]]
    moved: frozenset[str]
    boxes: Mapping[str, frozenset[str]]


class Merged(dict[str, object]):
    """The merged values of a form's fields, with their `Standing`."""

    def __init__(self, fields: Mapping[str, object], standing: Standing) -> None:
        super().__init__(fields)
        self.standing = standing


def words_of(value: object, language: Language) -> tuple[str, ...]:
    """A field's value as normalised texts, whether from the store or from the browser; empty for an empty field."""
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
    """The value of the hidden field: marks of what the fields show."""
    return " ".join(f"{name}={','.join(map(_mark, words_of(value, language)))}" for name, value in fields.items())


def marks_field(carried: str | None) -> Markup:
    """The hidden field with the marks, or nothing where the page gives none."""
    return Markup() if carried is None else Markup('<input type="hidden" name="{}" value="{}">').format(STOOD, carried)


def written_anew(typed: Values, stood: str | None) -> dict[str, list[str]]:
    """The typed values without those that the form was shown with."""
    shown = _shown_with(stood)
    return {
        name: [each for each in ([value] if isinstance(value, str) else value) if _mark(_word(each)) not in shown[name]]
        for name, value in typed.items()
    }


def merged(stored: Mapping[str, object], typed: Values, stood: str | None, language: Language) -> Merged:
    """Typed values over stored ones; a field whose typed value equals the one shown takes the stored one.

    Without marks, every value counts as typed.
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
    """The ticked boxes of a group: as stored, except for those that the sender has touched."""
    left = [each for each in _each(stored) if not _marks(words_of(each, language)) & touched]
    return [*left, *(each for each in typed if _mark(_word(each)) in touched)]


def note_on(sent: object, name: str, options: Options = ()) -> Text | None:
    """The note at a field of a form that has come back, where the stored value differs from the one typed or shown."""
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
    """The note at a checkbox that another person has changed since the form was shown."""
    boxes = sent.standing.boxes.get(name, ()) if isinstance(sent, Merged) else ()
    return TAKEN_OVER if str(value) in boxes else None


def _shown_with(stood: str | None) -> defaultdict[str, frozenset[str]]:
    named = (each.rpartition("=") for each in (stood or "").split())
    return defaultdict(frozenset, {name: frozenset(each.split(",")) - {""} for name, _, each in named})


def _marks(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(_mark, words))


def _mark(word: str) -> str:
    return sha256(word.encode()).hexdigest()[:12]
