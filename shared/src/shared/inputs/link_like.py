"""Finds texts that mail programs turn into links, though they were not meant as one: gratis.online, but not
cand.mag."""

import re
import unicodedata

from idna import IDNAError
from idna import decode as in_own_letters
from linkify_it import LinkifyIt
from linkify_it.tlds import TLDS

from shared.visible import is_invisible

TITLES = frozenset(
    f"{degree}.{subject}"
    for degree in ("bac", "cand", "dr", "exam", "lic", "mag")
    for subject in ("art", "it", "med", "soc", "tech")
)
"""Academic titles whose last part is also a top-level domain."""
_SAID_TO_BE_ONE = re.compile(r"://|\bwww\.", re.IGNORECASE)
_OTHER_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")


def looks_like_a_link(text: str) -> bool:
    """Whether a mail program may turn a part of this text into a link, to a web site or to an e-mail address."""
    plain = _as_programs_read(text)
    if _SAID_TO_BE_ONE.search(plain):
        return True
    return any(found.text.lower() not in TITLES for found in _LINKS.match(plain) or ())


def _as_programs_read(text: str) -> str:
    """The text with look-alike characters normalised (NFKC), and without invisible ones."""
    composed = unicodedata.normalize("NFKC", text.translate(_OTHER_DOTS))
    return "".join(letter for letter in composed if not is_invisible(letter))


def _top_level_domain(name: str) -> str:
    try:
        return in_own_letters(name)
    except IDNAError:
        return name


_LINKS = LinkifyIt(options={"fuzzy_ip": True}).tlds([*TLDS, *map(_top_level_domain, TLDS)])
