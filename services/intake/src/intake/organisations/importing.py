"""What importing a table would do, row by row, before anything is stored."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from intake.municipalities.model import Mergers
from intake.municipalities.texts import merged_into
from intake.organisations.files import COLUMNS, OPTIONAL, TableRow
from intake.organisations.inputs import DaycareIn
from intake.organisations.model import Address, Daycare, DaycareKind, Ownership
from shared.errors import Text
from shared.inputs.validation import sentence_of
from shared.municipalities import municipalities
from shared.notation import YEARS, read_number

NOBODY = UUID(int=0)
"""Stands for the id that a new daycare will have."""
KINDS = {
    DaycareKind.CHILDMINDING: ("dagpleje", "childminding"),
    DaycareKind.NURSERY: ("vuggestue", "nursery"),
    DaycareKind.INTEGRATED: ("integreret", "integreret institution", "integrated", "integrated daycare"),
    DaycareKind.KINDERGARTEN: ("børnehave", "kindergarten"),
}
"""What stands in a table for each kind: as it is written, and what else is understood, such as the screens' words."""
OWNERSHIPS = {
    Ownership.MUNICIPAL: ("kommunal", "municipal"),
    Ownership.SELF_GOVERNING: ("selvejende", "self-governing", "self_governing"),
    Ownership.PRIVATE: ("privat", "private"),
}
_WORDS: dict[str, Mapping[Any, Sequence[str]]] = {"type": KINDS, "ejerform": OWNERSHIPS}
_UNDERSTOOD = {
    column: {word: value for value, words in meant.items() for word in words} for column, meant in _WORDS.items()
}
_FIELDS = {
    "p_number": "p-nummer",
    "name": "navn",
    "kind": "type",
    "ownership": "ejerform",
    "age_from": "alder fra",
    "age_to": "alder til",
    "municipality": "kommunekode",
    "cvr": "cvr",
    "street": "adresse",
    "postal_code": "postnr",
    "city": "by",
    "address": "adresse",
}
_NUMBERS = frozenset({"p-nummer", "kommunekode", "cvr", "postnr"})
_TOO_SHORT = {
    "p-nummer": Text("A P-number has ten digits; some are missing here."),
    "cvr": Text("A CVR number has eight digits; some are missing here."),
}
_DIGITS = {
    "p-nummer": (10, Text("A P-number has ten digits, and nothing else.")),
    "cvr": (8, Text("A CVR number has eight digits, and nothing else.")),
    "postnr": (4, Text("A postal code has four digits.")),
}
_ROUNDED = r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+"
"""How a spreadsheet writes a number that is too long for its cell; its last digits are lost."""


class Effect(StrEnum):
    """What a row does to what is known."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class CellError:
    """What is wrong in a cell; without a column, with the row."""

    column: str | None
    message: Text


@dataclass(frozen=True, slots=True)
class CellChange:
    """What is known in a column of a daycare, and what it becomes; empty where there is nothing."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row with the daycare it stands for and what it changes of it, or with what is wrong with it."""

    number: int
    name: str
    daycare: Daycare | None
    effect: Effect | None
    errors: tuple[CellError, ...]
    changes: tuple[CellChange, ...] = ()


def check_rows(
    rows: Sequence[TableRow],
    known: Mapping[str, Daycare],
    municipality: str | None,
    mergers: Mergers = MappingProxyType({}),
) -> tuple[CheckedRow, ...]:
    """Every row judged by itself, beside the others and beside what is known under its P-number.

    What an optional column says is changed only where the row has a cell in it; an empty cell takes away what is known.
    Somebody who acts for one `municipality` imports only its daycares, and nobody those of one that has merged.
    """
    numbers = Counter(numbers_in(rows))
    return tuple(_checked(row, known, municipality, mergers, numbers) for row in rows)


def numbers_in(rows: Sequence[TableRow]) -> list[str]:
    """The P-numbers that stand in the rows; what cannot be one is not looked for."""
    return [cell for row in rows if re.fullmatch("[0-9]{10}", cell := _cell(row, "p-nummer"))]


def municipalities_in(rows: Sequence[TableRow]) -> frozenset[str]:
    """The codes that stand in the rows, of whatever they are; what cannot be one is not looked for."""
    return frozenset(cell for row in rows if re.fullmatch("[0-9]{4}", cell := _cell(row, "kommunekode")))


def table_of(daycares: Sequence[Daycare]) -> list[list[str]]:
    """The daycares in the columns of the table, so that what is exported can be imported."""
    return [_line(daycare) for daycare in daycares]


def _checked(
    row: TableRow, known: Mapping[str, Daycare], municipality: str | None, mergers: Mergers, numbers: Counter[str]
) -> CheckedRow:
    name = row.cells.get("navn", "")
    before = known.get(_cell(row, "p-nummer"))
    errors = [*_formulas(row), *_unknown_words(row), *_wrong_numbers(row)]
    said: DaycareIn | None = None
    try:
        said = DaycareIn.model_validate(_document(row, before))
    except ValidationError as invalid:
        found = map(_error, invalid.errors(include_url=False, include_input=False))
        told = {error.column for error in errors}
        errors += [error for error in found if error.column not in told]
    if said is not None and not errors:
        errors = _beside_others(said, before, municipality, mergers, numbers)
    if said is None or errors:
        return CheckedRow(row.number, name, None, None, tuple(errors))
    daycare = _daycare(said, before)
    effect = Effect.NEW if before is None else Effect.SAME if daycare == before else Effect.CHANGED
    return CheckedRow(row.number, name, daycare, effect, (), _changes(before, daycare))


def _document(row: TableRow, before: Daycare | None) -> dict[str, Any]:
    cells = {column: _cell(row, column) for column in COLUMNS} | _kept(row, before)
    document: dict[str, Any] = {
        field: _value(_FIELDS[field], cells[_FIELDS[field]])
        for field in ("p_number", "name", "kind", "ownership", "age_from", "age_to", "municipality", "cvr")
        if cells[_FIELDS[field]]
    }
    address = {field: cells[_FIELDS[field]] for field in ("street", "postal_code", "city") if cells[_FIELDS[field]]}
    return {**document, "address": address} if address else document


def _kept(row: TableRow, before: Daycare | None) -> dict[str, str]:
    """What is known in the optional columns that the row does not have."""
    known = {} if before is None else dict(zip(COLUMNS, _line(before), strict=True))
    return {column: known[column] for column in OPTIONAL & known.keys() if column not in row.cells}


def _changes(before: Daycare | None, after: Daycare) -> tuple[CellChange, ...]:
    if before is None:
        return ()
    cells = zip(COLUMNS, _line(before), _line(after), strict=True)
    return tuple(CellChange(column, was, becomes) for column, was, becomes in cells if was != becomes)


def _value(column: str, cell: str) -> Any:
    if column in _WORDS:
        return _UNDERSTOOD[column].get(cell.casefold(), cell)
    if column.startswith("alder"):
        return _age(cell)
    return cell


def _age(cell: str) -> int | str:
    age = read_number(cell, "da", YEARS)
    return int(age) if age is not None and age == age.to_integral_value() else cell


def _cell(row: TableRow, column: str) -> str:
    """The cell, of a number without the spaces that people write in it, and with a nought that a spreadsheet drops.

    Every code of a municipality begins with a nought, and so do the postal codes from 0800 to 0999. P-numbers and CVR
    numbers never do, so that one with too few digits is a mistake.
    """
    cell = row.cells.get(column, "")
    if column not in _NUMBERS:
        return cell
    cell = "".join(cell.split())
    lost = column == "kommunekode" or (column == "postnr" and cell[:1] in ("8", "9"))
    return f"0{cell}" if lost and re.fullmatch("[0-9]{3}", cell) else cell


def _wrong_numbers(row: TableRow) -> list[CellError]:
    return [
        CellError(column, _wrong_number(column, cell))
        for column, (count, _) in _DIGITS.items()
        if (cell := _cell(row, column)) and column not in row.formulas and not re.fullmatch(f"[0-9]{{{count}}}", cell)
    ]


def _wrong_number(column: str, cell: str) -> Text:
    count, sentence = _DIGITS[column]
    if re.fullmatch(_ROUNDED, cell):
        return Text(
            "The spreadsheet has shortened the number to {cell}, and digits are lost. Format the column as text, write "
            "the whole number, and save the table again.",
            {"cell": cell},
        )
    if re.fullmatch("[0-9]+", cell) and len(cell) < count and column in _TOO_SHORT:
        return _TOO_SHORT[column]
    return sentence


def _formulas(row: TableRow) -> list[CellError]:
    return [
        CellError(column, Text("This looks like a formula. Write the value itself."))
        for column in COLUMNS
        if column in row.formulas
    ]


def _unknown_words(row: TableRow) -> list[CellError]:
    return [
        CellError(
            column, Text("This must be one of: {words}.", {"words": ", ".join(each[0] for each in meant.values())})
        )
        for column, meant in _WORDS.items()
        if row.cells.get(column) and row.cells[column].casefold() not in _UNDERSTOOD[column]
    ]


def _error(error: Any) -> CellError:
    field = str(error["loc"][-1]) if error["loc"] else None
    return CellError(_FIELDS.get(field or ""), sentence_of(error))


def _beside_others(
    said: DaycareIn, before: Daycare | None, municipality: str | None, mergers: Mergers, numbers: Counter[str]
) -> list[CellError]:
    errors = []
    if numbers[said.p_number] > 1:
        errors.append(CellError("p-nummer", Text("This P-number stands in several rows.")))
    if said.municipality not in municipalities():
        errors.append(CellError("kommunekode", Text("There is no municipality with this code.")))
    if (merged := merged_into(mergers, said.municipality)) is not None:
        errors.append(CellError("kommunekode", merged))
    owners = {said.municipality} if before is None else {said.municipality, before.municipality}
    if municipality is not None and owners != {municipality}:
        errors.append(CellError("kommunekode", Text("The daycare belongs to another municipality than yours.")))
    elif before is not None and before.end is not None:
        errors.append(CellError("p-nummer", Text("The daycare with this P-number is no more.")))
    return errors


def _daycare(said: DaycareIn, before: Daycare | None) -> Daycare:
    told = said.model_dump(exclude={"address"})
    if before is None:
        return Daycare(id=NOBODY, address=said.place(), **told)
    return replace(before, address=said.place(), **told)


def _line(daycare: Daycare) -> list[str]:
    place = daycare.address or Address("", "", "")
    return [
        daycare.p_number,
        daycare.name,
        KINDS[daycare.kind][0],
        OWNERSHIPS[daycare.ownership][0],
        str(daycare.age_from),
        str(daycare.age_to),
        daycare.municipality,
        daycare.cvr or "",
        place.street,
        place.postal_code,
        place.city,
    ]
