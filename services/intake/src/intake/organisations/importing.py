"""What importing a table would do, row by row, before anything is stored."""

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
from intake.organisations.files import COLUMNS, TableRow
from intake.organisations.inputs import DaycareIn
from intake.organisations.model import Address, Daycare, DaycareKind, Ownership
from intake.spreadsheets import FORMULA
from shared.errors import Text
from shared.municipalities import municipalities
from shared.web.validation import sentence_of

NOBODY = UUID(int=0)
"""Stands for the id that a new daycare will have."""
KINDS = {
    "dagpleje": DaycareKind.CHILDMINDING,
    "vuggestue": DaycareKind.NURSERY,
    "integreret": DaycareKind.INTEGRATED,
    "børnehave": DaycareKind.KINDERGARTEN,
}
OWNERSHIPS = {
    "kommunal": Ownership.MUNICIPAL,
    "selvejende": Ownership.SELF_GOVERNING,
    "privat": Ownership.PRIVATE,
}
_WORDS: dict[str, Mapping[str, Any]] = {"type": KINDS, "ejerform": OWNERSHIPS}
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
_DIGITS = {"p-nummer": 10, "kommunekode": 4, "cvr": 8, "postnr": 4}
"""Numbers whose leading noughts a spreadsheet drops."""


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
class CheckedRow:
    """A row with the daycare it stands for, or with what is wrong with it."""

    number: int
    name: str
    daycare: Daycare | None
    effect: Effect | None
    errors: tuple[CellError, ...]


def check_rows(
    rows: Sequence[TableRow],
    known: Mapping[str, Daycare],
    municipality: str | None,
    mergers: Mergers = MappingProxyType({}),
) -> tuple[CheckedRow, ...]:
    """Every row judged by itself, beside the others and beside what is known under its P-number.

    Somebody who acts for one `municipality` imports only its daycares, and nobody those of one that has merged.
    """
    numbers = Counter(_padded("p-nummer", row.cells.get("p-nummer", "")) for row in rows)
    return tuple(_checked(row, known, municipality, mergers, numbers) for row in rows)


def numbers_in(rows: Sequence[TableRow]) -> list[str]:
    """The P-numbers that stand in the rows."""
    return [_padded("p-nummer", row.cells.get("p-nummer", "")) for row in rows]


def municipalities_in(rows: Sequence[TableRow]) -> frozenset[str]:
    """The codes that stand in the rows, of whatever they are."""
    return frozenset(_padded("kommunekode", row.cells.get("kommunekode", "")) for row in rows)


def table_of(daycares: Sequence[Daycare]) -> list[list[str]]:
    """The daycares in the columns of the table, so that what is exported can be imported."""
    return [_line(daycare) for daycare in daycares]


def _checked(
    row: TableRow, known: Mapping[str, Daycare], municipality: str | None, mergers: Mergers, numbers: Counter[str]
) -> CheckedRow:
    name = row.cells.get("navn", "")
    errors = [*_formulas(row), *_unknown_words(row)]
    said: DaycareIn | None = None
    if not errors:
        try:
            said = DaycareIn.model_validate(_document(row))
        except ValidationError as invalid:
            errors = [_error(each) for each in invalid.errors(include_url=False, include_input=False)]
    if said is not None:
        errors = _beside_others(said, known.get(said.p_number), municipality, mergers, numbers)
    if said is None or errors:
        return CheckedRow(row.number, name, None, None, tuple(errors))
    before = known.get(said.p_number)
    daycare = _daycare(said, before)
    effect = Effect.NEW if before is None else Effect.SAME if daycare == before else Effect.CHANGED
    return CheckedRow(row.number, name, daycare, effect, ())


def _document(row: TableRow) -> dict[str, Any]:
    cells = {column: _padded(column, row.cells.get(column, "")) for column in COLUMNS}
    document: dict[str, Any] = {
        field: _value(_FIELDS[field], cells[_FIELDS[field]])
        for field in ("p_number", "name", "kind", "ownership", "age_from", "age_to", "municipality", "cvr")
        if cells[_FIELDS[field]]
    }
    address = {field: cells[_FIELDS[field]] for field in ("street", "postal_code", "city") if cells[_FIELDS[field]]}
    return {**document, "address": address} if address else document


def _value(column: str, cell: str) -> Any:
    if column in _WORDS:
        return _WORDS[column][cell.casefold()]
    if column.startswith("alder") and cell.isascii() and cell.isdigit():
        return int(cell[:9])
    return cell


def _padded(column: str, cell: str) -> str:
    length = _DIGITS.get(column)
    return cell.zfill(length) if length and cell.isascii() and cell.isdigit() else cell


def _formulas(row: TableRow) -> list[CellError]:
    return [
        CellError(column, Text("This looks like a formula. Write the value itself."))
        for column, cell in row.cells.items()
        if cell.startswith(FORMULA)
    ]


def _unknown_words(row: TableRow) -> list[CellError]:
    return [
        CellError(column, Text("This must be one of: {words}.", {"words": ", ".join(words)}))
        for column, words in _WORDS.items()
        if row.cells.get(column) and row.cells[column].casefold() not in words
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
    if before is not None and before.end is not None:
        errors.append(CellError("p-nummer", Text("The daycare with this P-number is no more.")))
    return errors


def _daycare(said: DaycareIn, before: Daycare | None) -> Daycare:
    told = said.model_dump(exclude={"address"})
    if before is None:
        return Daycare(id=NOBODY, address=said.place(), **told)
    return replace(before, address=said.place(), **told)


def _line(daycare: Daycare) -> list[str]:
    kinds, ownerships = ({value: word for word, value in words.items()} for words in (KINDS, OWNERSHIPS))
    place = daycare.address or Address("", "", "")
    return [
        daycare.p_number,
        daycare.name,
        kinds[daycare.kind],
        ownerships[daycare.ownership],
        str(daycare.age_from),
        str(daycare.age_to),
        daycare.municipality,
        daycare.cvr or "",
        place.street,
        place.postal_code,
        place.city,
    ]
