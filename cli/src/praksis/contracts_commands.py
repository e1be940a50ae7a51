"""`praksis contracts …`: what the services promise each other and everybody who listens.

What a command does is imported when it runs, so that `--help` does not wait for it.
"""

from pathlib import Path
from typing import Annotated

import typer

from praksis.errors import CommandError
from praksis.output import AsJson, print_json, tell

app = typer.Typer(help="See and export the events that Praksis publishes.", no_args_is_help=True)


@app.command(name="list")
def list_contracts(as_json: AsJson = False) -> None:
    """List every version of every event, and who publishes it."""
    from praksis.listing import Column, show
    from shared.catalogue.schemas import index

    contracts = index()["contracts"]
    if as_json:
        print_json(contracts)
    else:
        columns = (Column("type"), Column("subject", label="about"), Column("meaning", prose=True))
        show(
            columns,
            [(each["routing_key"], each["subject_field"], _one_line(each["description"])) for each in contracts],
        )


@app.command(name="show")
def show_contract(
    type: Annotated[str, typer.Argument(metavar="TYPE", help="Such as intake.RoundOpened.v1, or RoundOpened.")],
    as_json: AsJson = False,
) -> None:
    """Show the fields of an event; in JSON, the schema of its data."""
    from praksis.contract_fields import COLUMNS, fields_of
    from praksis.events.type_names import full_type
    from praksis.listing import show
    from shared.catalogue.schemas import schema_of
    from shared.contracts.published import PUBLISHED

    event = PUBLISHED.get(full_type(type))
    if event is None:
        raise CommandError(f"There is no event {type}. `praksis contracts list` names all of them.")
    if as_json:
        print_json(schema_of(event))
    else:
        tell(f"{event.type_name()}: {_one_line(event.__doc__ or '')}")
        show(COLUMNS, fields_of(schema_of(event)))


@app.command(name="export")
def export_contracts(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Made where it is missing; files in it are replaced.")
    ],
    as_json: AsJson = False,
) -> None:
    """Write the schemas of all events, and what describes how they travel, into a folder."""
    from praksis.contracts import export

    try:
        written = export(folder)
    except OSError as error:
        raise CommandError(f"{error.filename or folder} cannot be written: {error.strerror}.") from None
    if as_json:
        print_json([str(file) for file in written])
    else:
        for file in written:
            tell(str(file))


def _one_line(prose: str) -> str:
    """What stands over several indented lines of a docstring."""
    return " ".join(prose.split())
