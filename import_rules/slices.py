"""Every slice of every service has the same rooms: the contract, whose rules stand in `pyproject.toml`."""

from collections.abc import Callable
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.contract import InvalidContractOptions

from import_rules.breaches import breaches_of
from import_rules.rules import Permission, Placement, Room, Rules


class TablesField(fields.Field[tuple[Any, ...]]):
    """An array of tables, each of which becomes one value."""

    def __init__(self, kind: Callable[..., Any]) -> None:
        super().__init__()
        self.kind = kind

    def parse(self, raw_data: Any) -> tuple[Any, ...]:
        """The values. Raises `ValidationError` for a table with a wrong key, and for an exception without a reason."""
        values = []
        for table in raw_data:
            said = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
            if not str(said.get("because", "-")).strip():
                raise fields.ValidationError(f"Say why: {table}")
            try:
                values.append(self.kind(**said))
            except TypeError as error:
                raise fields.ValidationError(f"{error}: {table}") from None
        return tuple(values)


class SlicesContract(Contract):
    """Holds every package directly under a service to the rules. Each breach is told in a line of its own."""

    type_name = "slices"

    services: Any = fields.ListField(subfield=fields.StringField())
    roots: Any = fields.SetField(subfield=fields.StringField())
    base: Any = fields.SetField(subfield=fields.StringField())
    open: Any = fields.SetField(subfield=fields.StringField())
    rooms: Any = TablesField(Room)
    effects: Any = fields.SetField(subfield=fields.StringField())
    http: Any = fields.SetField(subfield=fields.StringField())
    placements: Any = TablesField(Placement)
    permissions: Any = TablesField(Permission)

    def validate(self) -> None:
        """Raise `InvalidContractOptions` for a room that is named and not there."""
        known = {room.name for room in self.rooms}
        named = {each.room for each in self.placements} | {name for room in self.rooms for name in room.made_of}
        if unknown := sorted(named - known):
            raise InvalidContractOptions({"rooms": f"There is no room {', '.join(unknown)}."})

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at all slices of all services."""
        breaches = breaches_of(self._rules(), graph)
        return ContractCheck(kept=not breaches, metadata={"breaches": breaches})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Tell each breach."""
        for breach in check.metadata["breaches"]:
            output.print_error(f"- {breach}", bold=False)
        output.new_line()

    def _rules(self) -> Rules:
        return Rules(
            services=tuple(self.services),
            roots=frozenset(self.roots),
            base=frozenset(self.base),
            open=frozenset(self.open),
            rooms=self.rooms,
            effects=frozenset(self.effects),
            http=frozenset(self.http),
            placements=self.placements,
            permissions=self.permissions,
        )
