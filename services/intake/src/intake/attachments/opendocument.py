"""What an OpenDocument text carries: scripts, objects of other programs, and what it would fetch."""

from intake.attachments.model import FileKind
from intake.attachments.packages import NotAllowed, Package, leads_away

_MANIFEST = "meta-inf/manifest.xml"
_SCRIPTS = ("basic/", "scripts/", "dialogs/")
_SCRIPT = "urn:oasis:names:tc:opendocument:xmlns:script:1.0 "
_SCRIPTING = (" event-listener", " event-listeners", " script")
_EMBEDDING = (" object-ole", " plugin", " applet")
_FETCHING = (" dde-connection", " dde-connection-decl", " dde-source", " floating-frame")
_LINKS = (" a", " template", " target-frame-name", " bookmark-ref", " form", " button", " hatch")
"""Elements whose address is followed only by whoever clicks on it."""


def is_open_text(package: Package) -> bool:
    """Whether the package is such a text. Raises `NotAllowed` for macros, embedded objects and what it would fetch."""
    wanted = FileKind.OPEN_TEXT.encode()
    if "mimetype" not in package.parts or package.read("mimetype", len(wanted) + 1) != wanted:
        return False
    if any(name.startswith(_SCRIPTS) for name in package.parts):
        raise NotAllowed("macros")
    kinds: dict[str, str] = {}

    def see_entry(element: str, attributes: dict[str, str]) -> None:
        kind, path = _check_entry(element, attributes)
        kinds[path.removeprefix("./")] = kind

    if _MANIFEST in package.parts:
        package.walk(_MANIFEST, see_entry)
    for name in package.parts:
        if name != _MANIFEST and package.is_xml(name, kinds.get(name, "")):
            package.walk(name, _check_element)
    return True


def _check_entry(element: str, attributes: dict[str, str]) -> tuple[str, str]:
    """What a part is, and its name, by an entry of the list of parts."""
    told = {name.rpartition(" ")[2]: value.casefold() for name, value in attributes.items()}
    kind, path = told.get("media-type", ""), told.get("full-path", "")
    if element.endswith(" encryption-data"):
        raise NotAllowed("broken")
    if "basic" in kind or "script" in kind or path.startswith(_SCRIPTS):
        raise NotAllowed("macros")
    if "oleobject" in kind or "java" in kind:
        raise NotAllowed("embedded")
    if path == "/" and kind != FileKind.OPEN_TEXT:
        raise NotAllowed("kind")
    return kind, path


def _check_element(element: str, attributes: dict[str, str]) -> None:
    if element.startswith(_SCRIPT) or element.endswith(_SCRIPTING):
        raise NotAllowed("macros")
    if element.endswith(_EMBEDDING):
        raise NotAllowed("embedded")
    address = next((value for name, value in attributes.items() if name.endswith("xlink href")), "")
    if element.endswith(_FETCHING) or (leads_away(address) and not element.endswith(_LINKS)):
        raise NotAllowed("macros" if address.casefold().startswith("vnd.sun.star.script:") else "remote")
