"""What a file may be called that somebody has sent."""

import re
import unicodedata
from itertools import dropwhile

from intake.attachments.model import ENDINGS, FileKind
from shared.visible import SEEN, is_invisible

LONGEST_NAME = 150
"""Characters."""
_DEVICES = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\.|$)", re.IGNORECASE)
"""Names that Windows takes for something else than a file, whatever follows their dot."""


class WrongEnding(ValueError):
    """The end of a name says that the file is something else than it is. `ending` has no dot."""

    def __init__(self, ending: str) -> None:
        super().__init__(ending)
        self.ending = ending


def bare_name(sent: str) -> str:
    """What a file may be called: no folders, no control or direction characters, and not endlessly long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", sent))[-1].replace(":", "-")
    stem = last.rpartition(".")[0]
    if stem and not SEEN.search(stem):  # asked first: what nobody sees is gone from the next line on
        last = f"fil{last[len(stem) :]}"
    printable = "".join(
        each for each in last if not is_invisible(each) and unicodedata.category(each) not in ("Cc", "Cs", "Co", "Cn")
    )
    stripped = _without_edges(_without_edges(printable)[::-1])[::-1]
    if not SEEN.search(stripped.rpartition(".")[0] or stripped):  # there is nothing before the dot that anybody sees
        stripped = f"fil{stripped[stripped.rfind('.') :]}" if "." in stripped else ""
    if len(stripped) > LONGEST_NAME:
        stem, dot, suffix = stripped.rpartition(".")
        kept = suffix if dot and len(suffix) <= 10 else ""
        stripped = f"{(stem if kept else stripped)[: LONGEST_NAME - len(kept) - 1]}{'.' if kept else ''}{kept}"
    return f"fil-{stripped}" if _DEVICES.match(stripped) else stripped or "fil"


def _without_edges(name: str) -> str:
    """The name from its first character on that is neither a space nor a dot."""
    return "".join(dropwhile(lambda each: each == "." or each.isspace(), name))


def name_for(sent: str, kind: FileKind) -> str:
    """What a file of this kind may be called; where the name has no ending, it gets the kind's own.

    Raises `WrongEnding` for that of another kind: whoever gave it knows what the file is meant to be, and nobody who
    opens it is to be told another thing by its name than by its content.
    """
    name = bare_name(sent)
    ending = _ending(name)
    if ending is None:
        return _with_own_ending(name, kind)
    if ending not in ENDINGS[kind]:
        raise WrongEnding(ending)
    return name


def safe_name(kept: str, kind: FileKind) -> str:
    """The same for a name that was taken when any ending was: to that of another kind, the right one is added."""
    try:
        return name_for(kept, kind)
    except WrongEnding:
        return _with_own_ending(bare_name(kept), kind)


def _ending(name: str) -> str | None:
    """What stands behind the last dot, unless that is part of the name, as in "3. udkast" or "version 1.2"."""
    found = re.search(r"\.([^.\s]{1,10})$", name)
    return found[1].lower() if found and not re.fullmatch("[0-9]+", found[1]) else None


def _with_own_ending(name: str, kind: FileKind) -> str:
    ending = ENDINGS[kind][0]
    return f"{name[: LONGEST_NAME - len(ending) - 1]}.{ending}"
