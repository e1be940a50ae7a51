"""What a document of Word or Excel carries, by its content types and relationships; names decide nothing."""

import posixpath
import re
from dataclasses import dataclass, field

from intake.attachments.commanding import check_commands
from intake.attachments.model import FileKind
from intake.attachments.packages import NotAllowed, Package, leads_away

TYPES = "[content_types].xml"
_MAIN_TYPES = {f"{kind}.main+xml": kind for kind in (FileKind.WORD, FileKind.EXCEL)}
_MAIN_PARTS = {"word/document.xml": FileKind.WORD, "xl/workbook.xml": FileKind.EXCEL}
_MACROS = re.compile(r"macro|vba|activex|attachedtoolbars|dialogsheet|keymapcustomizations")
_MACRO_RELATIONS = re.compile(r"/(.*vba.*|.*macro.*|activex.*|control|attachedtoolbars)$")
_EMBEDDED_RELATIONS = ("/oleobject", "/afchunk")
_CONNECTIONS = re.compile(r"externallink|\.connections\+|querytable|volatiledependencies")
_CONNECTION_RELATIONS = re.compile(r"/(.*externallink.*|connections|querytable|volatiledependencies)$")


@dataclass(slots=True)
class _Types:
    """Content types by the names of parts, and by the ends of names."""

    of_parts: dict[str, str] = field(default_factory=dict)
    of_endings: dict[str, str] = field(default_factory=dict)

    def see(self, element: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("ContentType", "").casefold()
        if element.endswith(" Override"):
            self.of_parts[attributes.get("PartName", "").casefold().lstrip("/")] = kind
        elif element.endswith(" Default"):
            self.of_endings[attributes.get("Extension", "").casefold()] = kind

    def of(self, name: str) -> str | None:
        return self.of_parts.get(name, self.of_endings.get(name.rpartition(".")[2]))


def office_kind(package: Package) -> FileKind | None:
    """Which document it is, or none. Raises `NotAllowed` for macros, embedded objects and what it would fetch."""
    types = _Types()
    package.walk(TYPES, types.see)
    if any(_MACROS.search(each) for each in (*types.of_parts.values(), *types.of_endings.values())):
        raise NotAllowed("macros")
    if any("oleobject" in each for each in types.of_parts.values()):
        raise NotAllowed("embedded")
    if any(_CONNECTIONS.search(each) for each in (*types.of_parts.values(), *types.of_endings.values())):
        raise NotAllowed("remote")
    main = _follow_relations(package)
    for name in package.parts:
        check_commands(package, name, types.of(name) or "")
    declared = types.of(main) if main else None
    if declared is not None:
        return _MAIN_TYPES.get(declared)
    return next((kind for part, kind in _MAIN_PARTS.items() if part in package.parts), None)


def _follow_relations(package: Package) -> str | None:
    """The name of the main part, after every relation of every part has been looked at."""
    main: str | None = None

    def see(element: str, attributes: dict[str, str]) -> None:
        nonlocal main
        if element.endswith(" Relationship"):
            kind, target = attributes.get("Type", "").casefold(), attributes.get("Target", "")
            _check_relation(kind, target, is_external=attributes.get("TargetMode", "").casefold() == "external")
            if name == "_rels/.rels" and kind.endswith("/officedocument"):
                main = posixpath.normpath(target.casefold()).lstrip("/")

    for name in package.parts:
        if name.endswith(".rels"):
            package.walk(name, see)
    return main


def _check_relation(kind: str, target: str, *, is_external: bool) -> None:
    if _MACRO_RELATIONS.search(kind):
        raise NotAllowed("macros")
    if kind.endswith(_EMBEDDED_RELATIONS):
        raise NotAllowed("embedded")
    if kind.endswith("/hyperlink"):
        return
    if _CONNECTION_RELATIONS.search(kind):
        raise NotAllowed("remote")
    # A template on a disk of one's own is what every letter of an office names that was begun from one.
    is_own_template = kind.endswith("/attachedtemplate") and not leads_away(target)
    if (is_external and not is_own_template) or leads_away(target):
        raise NotAllowed("remote")
