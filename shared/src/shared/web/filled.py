"""Reads a rendered page: its fields as a browser would send them, and the words that people see on it."""

from html.parser import HTMLParser

from shared.web.typed import BOXES

_UNSEEN = frozenset({"head", "script", "style", "template"})
_NEVER_SENT = frozenset({"submit", "button", "reset", "file", "image"})


def fields_of(page: str) -> dict[str, str | list[str]]:
    """The fields of all forms of a page with their values; a list where several fields have the same name.

    Groups of checkboxes without a tick are there, with an empty list.
    """
    return {name: values[0] if len(values) == 1 else values for name, values in _read(page).fields.items()}


def filled_fields_of(page: str) -> frozenset[str]:
    """The names of the visible fields that are not empty."""
    reader = _read(page)
    return frozenset(name for name, values in reader.fields.items() if any(values) and name not in reader.hidden)


def words_on(page: str) -> str:
    """The text that people can read on a page, the values of visible fields included, with single spaces."""
    return in_one_line(" ".join(_read(page).words))


def in_one_line(text: str) -> str:
    """A text with all white space replaced by single spaces."""
    return " ".join(text.split())


def _read(page: str) -> "_Reader":
    reader = _Reader()
    reader.feed(page)
    return reader


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.hidden: set[str] = set()
        self.words: list[str] = []
        self._unseen = 0
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        match tag:
            case _ if tag in _UNSEEN:
                self._unseen += 1
            case "textarea":
                self._area = name
                self._hold(name, "")
            case "select":
                self._select = name
            case "option" if self._select and "selected" in given:
                self._hold(self._select, value)
            case "input" if given.get("type") in ("checkbox", "radio"):
                if "checked" in given:
                    self._hold(name, value)
            case "input" if name == BOXES:
                self._hold(name, value)
                self.fields.setdefault(value, [])
            case "input" if name and given.get("type") == "hidden":
                self.hidden.add(name)
                self._hold(name, value)
            case "input" if name and given.get("type") not in _NEVER_SENT:
                self.words.append(value)
                self._hold(name, value)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen -= 1
        if tag == "textarea":
            self._area = None
        if tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(data)
        if self._area:
            self.fields[self._area][-1] += data

    def _hold(self, name: str, value: str) -> None:
        if name:
            self.fields.setdefault(name, []).append(value)
