"""What a field holds in the store beside what was typed into it, so that a form that comes back undoes no one's change.

Each form carries a mark of what its fields held when it was shown. When it comes back, what its sender left as it was
shows what is stored now, and what they changed shows both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from markupsafe import Markup

from shared.errors import Text
from shared.formats import format_in_field
from shared.identity import Language

STOOD = "_stood"
"""What a form carries of the fields that it was shown with: `name=mark`, apart by blanks."""

Values = Mapping[str, str | list[str]]
Options = Iterable[tuple[object, ...]]

NOW = Text("It stands like this now: {value}")
NOW_EMPTY = Text("It is empty now.")
TAKEN_OVER = Text("Somebody else has changed this. It is shown as it stands now.")


@dataclass(frozen=True, slots=True)
class Standing:
    """How the fields of a form that has come back stand, as words: what is `stored` now, and what its sender `changed`.

    Those in `moved` are stored otherwise than the form was shown with.
    """

    stored: Mapping[str, tuple[str, ...]]
    changed: Mapping[str, tuple[str, ...]]
    moved: frozenset[str]


class Merged(dict[str, object]):
    """What the fields of a form show that has come back, with how they stand."""

    def __init__(self, fields: Mapping[str, object], standing: Standing) -> None:
        super().__init__(fields)
        self.standing = standing


def words_of(value: object, language: Language) -> tuple[str, ...]:
    """What a field shows, however the page holds it and the browser sends it; nothing where it is empty."""
    each = value if isinstance(value, list | tuple | set | frozenset) else [value]
    words = ("\n".join(_shown(one, language).splitlines()).strip() for one in each)
    return tuple(sorted(word for word in words if word))


def _shown(value: object, language: Language) -> str:
    if value is None or isinstance(value, bool):
        return "true" if value else ""
    return format_in_field(value, language) if isinstance(value, int | float | Decimal) else str(value)


def marks(fields: Mapping[str, object], language: Language) -> str:
    """What a form carries, so that it is known later what its sender has changed."""
    return " ".join(f"{name}={_mark(words_of(value, language))}" for name, value in fields.items())


def marks_field(carried: str) -> Markup:
    """The hidden field with it, in forms whose fields show what is stored."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(STOOD, carried) if carried else Markup()


def merged(stored: Mapping[str, object], typed: Values, stood: str, language: Language) -> Merged:
    """What was typed over what is stored, except where it is what the page had shown: that has nobody typed."""
    shown = dict(each.rpartition("=")[::2] for each in stood.split())
    now = {name: words_of(value, language) for name, value in stored.items()}
    said = {name: words_of(value, language) for name, value in typed.items()}
    changed = {name: words for name, words in said.items() if name not in now or shown.get(name) != _mark(words)}
    moved = frozenset(name for name in now if name in shown and shown[name] != _mark(now[name]))
    return Merged({**stored, **{name: typed[name] for name in changed}}, Standing(now, changed, moved))


def note_on(sent: object, name: str, options: Options = ()) -> Text | None:
    """What a form that has come back says at a field, where another value is stored than was typed or shown."""
    if not isinstance(sent, Merged) or name not in sent.standing.stored:
        return None
    standing, there = sent.standing, sent.standing.stored[name]
    if name not in standing.changed:
        return TAKEN_OVER if name in standing.moved else None
    if there == standing.changed[name]:
        return None
    if not there:
        return NOW_EMPTY if name in standing.moved else None
    labels = {str(option[0]): str(option[1]) for option in options}
    return Text(NOW.message, {"value": ", ".join(labels.get(each, each) for each in there)})


def _mark(words: tuple[str, ...]) -> str:
    return sha256("\0".join(words).encode()).hexdigest()[:16]
