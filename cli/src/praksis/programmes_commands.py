"""`praksis programmes …`: the definitions by which applications are judged."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from praksis.errors import FAILED, CommandError
from praksis.output import AsJson, print_json, tell

if TYPE_CHECKING:
    from intake.programmes.files import Mistake
    from intake.programmes.model import Programme

app = typer.Typer(help="Check programme files before they are published.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps the name of the only command."""


@app.command()
def validate(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="YAML, or folders whose *.yaml are checked together.")
    ],
    as_json: AsJson = False,
) -> None:
    """Check programme files, without publishing anything.

    Ends with 1 when something is wrong, and says in which file and on which line.
    """
    programmes: list[Programme] = []
    mistakes: list[Mistake] = []
    for file in files:
        found, wrong = _read(file)
        programmes.extend(found)
        mistakes.extend(wrong)
    if as_json:
        print_json(
            {
                "valid": not mistakes,
                "programmes": [{"programme": each.slug, "version": each.version} for each in programmes],
                "mistakes": [{"file": str(each.file), "line": each.line, "message": each.message} for each in mistakes],
            }
        )
    else:
        for programme in programmes:
            tell(f"{programme.slug}: version {programme.version} is fine.")
        for mistake in mistakes:
            tell(str(mistake))
    if mistakes:
        raise typer.Exit(FAILED)


def _read(file: Path) -> "tuple[tuple[Programme, ...], tuple[Mistake, ...]]":
    from intake.programmes.files import ProgrammeFileError, load_programmes, read_programme

    try:
        return (load_programmes(file) if file.is_dir() else read_programme(file)), ()
    except ProgrammeFileError as error:
        return (), error.mistakes
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
