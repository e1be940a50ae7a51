"""A text as it is read aloud: without what nobody sees or hears, and with one spelling for what has several."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from shared.visible import is_invisible

_SPELLED = {
    "å": "aa", "ä": "ae", "æ": "ae", "ö": "oe", "ø": "oe", "Å": "Aa", "Ä": "Ae", "Æ": "Ae", "Ö": "Oe", "Ø": "Oe",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{LEFT SINGLE QUOTATION MARK}": "'", "\N{PRIME}": "'",
    "\N{MODIFIER LETTER APOSTROPHE}": "'", "\N{ACUTE ACCENT}": "'", "\N{GRAVE ACCENT}": "'",
    "\N{MINUS SIGN}": "-", "\N{HYPHEN BULLET}": "-", "\N{LINE SEPARATOR}": "\n", "\N{PARAGRAPH SEPARATOR}": "\n",
    "\r": "\n", "\v": "\n", "\f": "\n", "\x85": "\n",
}  # fmt: skip
"""Danish letters as they are written where there are none, such as in addresses on the web; both are read alike."""

_LOOKS = {
    "A": "АΑᎪ", "B": "ВΒᏴ", "C": "СϹ", "D": "ꓓ", "E": "ЕΕᎬ", "G": "Ԍ", "H": "НΗᎻ", "I": "ІӀΙ", "J": "Ј", "K": "КΚᏦ",
    "M": "МΜᎷ", "N": "Ν", "O": "ОΟ", "P": "РΡᏢ", "Q": "Ԛ", "S": "ЅᏚ", "T": "ТΤᎢ", "U": "Ս", "V": "ѴᏙ", "W": "ԜᎳ",
    "X": "ХΧ", "Y": "УҮΥ", "Z": "ΖᏃ", "a": "аɑα", "b": "вЬьƄ", "c": "сϲ", "d": "ԁ", "e": "еҽε", "f": "ƒ", "g": "ɡց",
    "h": "һнհ", "i": "іıιɩ", "j": "јϳ", "k": "кκ", "l": "ӏ", "m": "м", "n": "пηո", "o": "оοσօ", "p": "рρ", "q": "ԛզ",
    "r": "гᴦ", "s": "ѕꜱ", "t": "тτ", "u": "υսʋ", "v": "ѵν", "w": "ԝωѡ", "x": "хχ", "y": "уүγ", "z": "ᴢ",
    "Oe": "ӨΘƟ∅⌀", "oe": "өθɵ", "Ae": "Ӕ", "ae": "ӕ",
}  # fmt: skip
"""Letters of other scripts by what they look like, or are read as, in a Danish name; after `confusables.txt` of Unicode
(UTS 39), which lists thousands: these are the ones of keyboards, and those that people who hide names take first."""
_SPELLED |= {look: letter for letter, looks in _LOOKS.items() for look in looks}


@dataclass(frozen=True, slots=True)
class Spelled:
    """`text`, of which each character stands for what begins at its place in the original and ends before `ends`."""

    text: str
    begins: tuple[int, ...]
    ends: tuple[int, ...]


def spelled(text: str) -> Spelled:
    """The text in one spelling: hyphens and apostrophes of one kind, letters of one width, no accents, Danish letters
    in two; nothing invisible, and spaces and line ends that count as such."""
    characters: list[str] = []
    begins: list[int] = []
    ends: list[int] = []
    for begin, end, letter in _letters(text):
        for character in _spelling(letter):
            characters.append(character)
            begins.append(begin)
            ends.append(end)
    return Spelled("".join(characters), tuple(begins), tuple(ends))


def _letters(text: str) -> Iterator[tuple[int, int, str]]:
    """Each letter with the marks that are put on it, and with its place and that of what nobody sees behind it."""
    begin, letter, end = 0, "", 0
    for place, character in enumerate(text):
        if is_invisible(character):
            end = place + 1
            continue
        if unicodedata.category(character) in ("Mn", "Me", "Mc"):
            letter, end = letter + character, place + 1
            continue
        if letter:
            yield begin, end, letter
        begin, letter, end = place, character, place + 1
    if letter:
        yield begin, end, letter


def _spelling(letter: str) -> str:
    return "".join(map(_spelling_of_one, unicodedata.normalize("NFC", letter)))


def _spelling_of_one(character: str) -> str:
    if character in _SPELLED:
        return _SPELLED[character]
    if character.isascii():
        return character
    category = unicodedata.category(character)
    if category[0] in "ZP":
        return {"Zs": " ", "Pd": "-", "Pc": "_"}.get(category, unicodedata.normalize("NFKC", character))
    plain = unicodedata.normalize("NFKC", character)
    if plain != character:
        return "".join(map(_spelling_of_one, plain))
    if category[0] == "M":
        return ""
    taken_apart = unicodedata.decomposition(character).split()  # one step: of å with an accent, å is left
    return "".join(_spelling_of_one(chr(int(each, 16))) for each in taken_apart) or character
