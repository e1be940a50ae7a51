"""What a daycare says to people."""

from intake.organisations.files import NotATable
from intake.organisations.importing import Effect
from intake.organisations.model import DaycareKind, Ending, Ownership
from shared.errors import Text

KIND = {
    DaycareKind.CHILDMINDING: Text("Childminding"),
    DaycareKind.NURSERY: Text("Nursery"),
    DaycareKind.INTEGRATED: Text("Integrated daycare"),
    DaycareKind.KINDERGARTEN: Text("Kindergarten"),
}
OWNERSHIP = {
    Ownership.MUNICIPAL: Text("Municipal"),
    Ownership.SELF_GOVERNING: Text("Self-governing"),
    Ownership.PRIVATE: Text("Private"),
}
ENDING = {
    Ending.MERGED: Text("Merged with another"),
    Ending.SPLIT: Text("Split into several"),
    Ending.MOVED: Text("Moved, under a new number"),
    Ending.CLOSED: Text("Closed"),
}
EFFECT = {
    Effect.NEW: Text("New"),
    Effect.CHANGED: Text("Changed"),
    Effect.SAME: Text("As it was"),
}
_NOT_A_TABLE = {
    "format": Text("The file is neither CSV nor XLSX, or it is damaged."),
    "encoding": Text("The text is not UTF-8. Save it as “CSV UTF-8”."),
    "too-large": Text("The table is too large: at most 5,000 rows, and 20 MB when unpacked."),
    "empty": Text("The table is empty."),
}


def not_a_table(error: NotATable) -> Text:
    """Why a file cannot be read, and what to do about it."""
    if error.reason == "columns":
        return Text("These columns are missing: {columns}.", {"columns": ", ".join(error.columns)})
    return _NOT_A_TABLE[error.reason]
