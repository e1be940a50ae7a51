"""Fields of Word and formulas of Excel are commands: some fetch something from elsewhere, or start another program."""

import re

from intake.attachments.packages import NotAllowed, Package, leads_away

_FETCHING = re.compile(r"\W*(DDE(AUTO)?|INCLUDE(TEXT|PICTURE)?|LINK|DATABASE|RD|IMPORT)\b", re.IGNORECASE)
"""How the instruction of a field begins that fetches, whatever it fetches: what follows may be put together later."""
_ANYWHERE = re.compile(r"\bDDE(AUTO)?\b|\bINCLUDE(TEXT|PICTURE)\b[\s\"]*([a-z]+:/|[/\\]{2})", re.IGNORECASE)
_INSTRUCTIONS = (" instrText", " delInstrText", " t")
_FORMULAS = (
    *(" f", " definedName", " formula", " formula1", " formula2"),
    *(" calculatedColumnFormula", " totalsRowFormula"),
)
_CALLS = r"\b(WEBSERVICE|IMAGE|RTD|DDE|STOCKHISTORY|CALL|EXEC|REGISTER|REGISTER\.ID|SQL\.REQUEST)\s*\("
_ELSEWHERE = r"\w\|(''|\w+)!"
_FETCHING_FORMULA = re.compile(f"{_CALLS}|{_ELSEWHERE}", re.IGNORECASE)
_OTHER_FILE = re.compile(r"'\s*(https?:|file:|ftp:|\\\\|//)", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"")
_QUOTED_NAME = re.compile(r"'[^']*'")
_PERHAPS = re.compile(
    rb"instrText|fldSimple|<!|.<\?|&#|\0|\||'\s*(https?:|file:|ftp:|\\\\|//)|&apos;|encoding=.(?!utf-8)"
    rb"|(WEBSERVICE|IMAGE|RTD|DDE|STOCKHISTORY|CALL|EXEC|REGISTER|REGISTER\.ID|SQL\.REQUEST)\s*\(",
    re.IGNORECASE | re.DOTALL,
)
"""What a part has in which there may be such a formula, also by signs that are written in another way. The sheets of
large workbooks have nothing of it, and are not read cell by cell."""


def check_commands(package: Package, name: str, kind: str) -> None:
    """Look through a part that is `kind` by its content type. Raises `NotAllowed`."""
    if "vmldrawing" in kind or not package.is_xml(name, kind):  # what Excel draws comments with is often no XML
        return
    if "spreadsheetml" in kind and not _PERHAPS.search(package.read(name)):
        return
    fields, formulas = _Fields(), _Formulas()

    def see(element: str, attributes: dict[str, str]) -> None:
        fields.see(element, attributes)
        formulas.see(element)

    def read(element: str, text: str) -> None:
        fields.read(element, text)
        formulas.read(element, text)

    package.walk(name, see, read)
    if fields.fetch() or formulas.fetch():
        raise NotAllowed("remote")


class _Fields:
    """The instructions of fields, put together of their runs; a field may stand in the instruction of another one."""

    def __init__(self) -> None:
        self._loose = [""]
        self._open: list[list[str]] = []
        """Of each open field the pieces of its instruction; nothing is added any more where its result has begun."""
        self._in_result: list[bool] = []
        self._done: list[list[str]] = [self._loose]
        self._all: list[str] = []

    def see(self, element: str, attributes: dict[str, str]) -> None:
        if element.endswith(" fldChar"):
            self._mark(next((value for name, value in attributes.items() if name.endswith("fldCharType")), ""))
        elif element.endswith(" fldSimple"):
            self._done += [[value] for value in attributes.values()]
            self._all += ["\n", *attributes.values(), "\n"]
        elif element.endswith((" imagedata", " fill")) and leads_away(attributes.get("src", "")):
            raise NotAllowed("remote")

    def read(self, element: str, text: str) -> None:
        if not element.endswith(_INSTRUCTIONS):
            return
        is_instruction = not element.endswith(" t")
        if is_instruction:
            self._all.append(text)
        if not self._open:
            if is_instruction:
                self._loose.append(text)
            return
        # The result of a field within is part of the instruction of the one around it.
        for pieces, in_result in zip(reversed(self._open), reversed(self._in_result), strict=True):
            if not in_result:
                pieces.append(text)
                return

    def fetch(self) -> bool:
        """Whether one of them fetches something."""
        begins = any(_FETCHING.match("".join(pieces)) for pieces in self._done)
        return begins or bool(_ANYWHERE.search("".join(self._all)))

    def _mark(self, what: str) -> None:
        if what == "begin":
            pieces: list[str] = []
            self._open.append(pieces)
            self._in_result.append(False)
            self._done.append(pieces)
        elif what == "separate" and self._open:
            self._in_result[-1] = True
        elif what == "end" and self._open:
            self._open.pop()
            self._in_result.pop()


class _Formulas:
    """The formulas of cells, names and rules."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def see(self, element: str) -> None:
        if element.endswith(_FORMULAS):
            self._texts.append("\n")

    def read(self, element: str, text: str) -> None:
        if element.endswith(_FORMULAS):
            self._texts.append(text)

    def fetch(self) -> bool:
        """Whether one of them fetches something; what is only said in quotes does not."""
        return any(_fetches(each) for each in "".join(self._texts).split("\n") if each)


def _fetches(formula: str) -> bool:
    unquoted = _QUOTED.sub('""', formula)
    return bool(_OTHER_FILE.search(unquoted) or _FETCHING_FORMULA.search(_QUOTED_NAME.sub("''", unquoted)))
