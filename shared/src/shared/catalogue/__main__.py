"""Writes the schema of every event version: `python -m shared.catalogue FOLDER`."""

import sys
from collections.abc import Sequence
from pathlib import Path

from shared.catalogue.schemas import write_schemas

USAGE = "python -m shared.catalogue FOLDER writes the schema of every event version to FOLDER/contracts"


def main(arguments: Sequence[str]) -> None:
    """Write, and name what was written; or say on the terminal why nothing could be."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.exit(USAGE)
    try:
        written = write_schemas(Path(arguments[0]))
    except OSError as error:
        sys.exit(f"{error.filename or arguments[0]}: {error.strerror}")
    sys.stdout.writelines(f"{file}\n" for file in written)


if __name__ == "__main__":
    main(sys.argv[1:])
