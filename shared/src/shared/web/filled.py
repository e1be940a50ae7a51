"""What the fields of a page are filled in with, by their names, as a browser would send them."""

from html.parser import HTMLParser

from shared.web.typed import BOXES

_NEVER_SENT = frozenset({"submit", "button", "reset", "file", "image"})


def fields_of(page: str) -> dict[str, str | list[str]]:
    """The fields of all forms of a page with what they hold; of several with a name, all that is in them.

    Boxes without a tick are there and hold nothing.
    """
    reader = _Fields()
    reader.feed(page)
    return {name: values[0] if len(values) == 1 else values for name, values in reader.fields.items()}


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        match tag:
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
            case "input" if name and given.get("type") not in _NEVER_SENT:
                self._hold(name, value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        if tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area][-1] += data

    def _hold(self, name: str, value: str) -> None:
        if name:
            self.fields.setdefault(name, []).append(value)
