"""The municipalities of the demo set, which are real, and their daycares and numbers, which are invented.

P-numbers and CVR numbers begin with 9, as none that has been given out does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

PLACES = """
0101 2100 København Ø
0147 2000 Frederiksberg
0161 2600 Glostrup
0217 3000 Helsingør
0265 4000 Roskilde
0306 4500 Nykøbing Sj
0316 4300 Holbæk
0330 4200 Slagelse
0360 4930 Maribo
0376 4800 Nykøbing F
0400 3700 Rønne
0482 5900 Rudkøbing
0492 5970 Ærøskøbing
0550 6270 Tønder
0561 6700 Esbjerg
0563 6720 Fanø
0607 7000 Fredericia
0621 6000 Kolding
0630 7100 Vejle
0661 7500 Holstebro
0671 7600 Struer
0730 8900 Randers C
0740 8600 Silkeborg
0741 8305 Samsø
0751 8000 Aarhus C
0760 6950 Ringkøbing
0773 7900 Nykøbing M
0787 7700 Thisted
0825 9940 Læsø
0846 9500 Hobro
0849 9460 Brovst
0851 9000 Aalborg
0955 3920 Qaqortoq
0956 3900 Nuuk
0957 3911 Sisimiut
0959 3950 Aasiaat
0960 3952 Ilulissat
"""
"""Code of the municipality, and a town in it: large cities, provincial towns, the country, islands, Greenland."""

GREENLAND = "0955"
"""Where the codes of Greenland begin."""

KINDS = {
    "n": ("Vuggestuen", "Meeqqeriviaraq", "vuggestue", "kommunal", 0, 2),
    "v": ("Vuggestuen", "Meeqqeriviaraq", "vuggestue", "privat", 0, 2),
    "i": ("Børnehuset", "Meeqqerivik", "integreret", "kommunal", 0, 5),
    "s": ("Børnehuset", "Meeqqerivik", "integreret", "selvejende", 0, 5),
    "b": ("Børnehaven", "Meeqqerivik", "børnehave", "kommunal", 3, 6),
    "d": ("Dagplejen", "Angerlarsimaffimmi paaqqinniffik", "dagpleje", "kommunal", 0, 2),
}
"""What every municipality has one of, by the letter that applications name it by: what it is called in Danish and in
Greenlandic, its kind, its ownership, and the years of its youngest and oldest children."""

DANISH = (
    "Mælkebøtten", "Skovsneppen", "Æblehaven", "Regnbuen", "Østerled", "Spirrevippen", "Åkanden", "Søstjernen",
    "Ved Møllen", "Pilehytten", "Græshoppen", "Lærkereden", "Kløvermarken", "Tusindfryd", "Egernet", "Strandskaden",
    "Højen", "Brombærkrattet", "Nøddehegnet", "Fuglekvidder", "Sonja & Сонечко", "Blåmejsen", "Havørnen", "Vindrosen",
)  # fmt: skip
GREENLANDIC = (
    "Ulloriaq", "Naasoq", "Nuannaarneq", "Sikkersoq", "Qaammat", "Aqqaluk", "Seqineq", "Tuttu", "Kussak", "Paarnaq",
    "Nanoq", "Qupaloraarsuk", "Arfeq", "Siku", "Illoqarfik", "Taseq",
)  # fmt: skip
STREETS = ("Skolegade", "Åvej", "Møllevænget", "Nørregade", "Østergade", "Kirkestræde", "Havnevej")
_HEADINGS = "p-nummer;navn;type;ejerform;alder fra;alder til;kommunekode;cvr;adresse;postnr;by"


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality by its code, and a town in it."""

    code: str
    postal_code: str
    town: str

    @property
    def is_in_greenland(self) -> bool:
        """Whether its daycares have Greenlandic names."""
        return self.code >= GREENLAND


def places() -> dict[str, Place]:
    """Every municipality of the demo set by its code."""
    lines = (line.split(maxsplit=2) for line in PLACES.strip().splitlines())
    return {code: Place(code, postal_code, town) for code, postal_code, town in lines}


def p_number(code: str, letter: str) -> str:
    """The number of the daycare of this letter in a municipality."""
    return f"9{code}{[*KINDS].index(letter) + 1:05d}"


def daycare_table() -> str:
    """All daycares as the table that the office imports."""
    numbers = cvr_numbers()
    rows = [_HEADINGS]
    for place_number, place in enumerate(places().values()):
        municipal = next(numbers)
        for kind_number, (letter, (danish, greenlandic, kind, ownership, age_from, age_to)) in enumerate(KINDS.items()):
            words, prefix = (GREENLANDIC, greenlandic) if place.is_in_greenland else (DANISH, danish)
            name = f"{prefix} {words[(place_number * 5 + kind_number * 7) % len(words)]}"
            cvr = municipal if ownership == "kommunal" else next(numbers)
            street = f"{STREETS[(place_number + kind_number) % len(STREETS)]} {place_number + kind_number * 3 + 1}"
            row = (p_number(place.code, letter), name, kind, ownership, age_from, age_to, place.code, cvr, street)
            rows.append(";".join(map(str, (*row, place.postal_code, place.town))))
    return "\n".join(rows) + "\n"


def cvr_numbers() -> Iterator[str]:
    """Invented numbers that are right by their check digit: weighted 2, 7, 6, 5, 4, 3, 2, 1, a multiple of eleven."""
    for seven in count(9_000_000):
        check = -sum(weight * int(digit) for weight, digit in zip((2, 7, 6, 5, 4, 3, 2), str(seven), strict=True)) % 11
        if check < 10:
            yield f"{seven}{check}"
