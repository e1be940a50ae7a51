"""What a file may be called that somebody has sent."""

import re
import unicodedata

LONGEST_NAME = 150
"""Characters."""


def bare_name(sent: str) -> str:
    """What a file may be called: no folders, no control or direction characters, and not endlessly long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", sent))[-1]
    printable = "".join(each for each in last if unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    stripped = printable.strip(" .")
    if len(stripped) > LONGEST_NAME:
        stem, dot, suffix = stripped.rpartition(".")
        kept = suffix if dot and len(suffix) <= 10 else ""
        stripped = f"{(stem if kept else stripped)[: LONGEST_NAME - len(kept) - 1]}{'.' if kept else ''}{kept}"
    return stripped or "fil"
