"""What the process does that reads a table; see `uploads`."""

from dataclasses import asdict
from typing import Any

from intake.organisations.files import NotATable, read_table


def read(content: bytes) -> dict[str, Any]:
    """The rows of a table, or why it is none."""
    try:
        rows = read_table(content)
    except NotATable as error:
        return {"rows": [], "reason": error.reason, "columns": error.columns}
    return {"rows": [asdict(row) | {"formulas": sorted(row.formulas)} for row in rows], "reason": None, "columns": []}
