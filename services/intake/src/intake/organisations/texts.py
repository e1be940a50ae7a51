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
    "format": Text(
        "The file is neither CSV nor XLSX, or it is damaged. Open it in a spreadsheet, and save it as XLSX or CSV."
    ),
    "old": Text("The file is saved in an old format. Open it in a spreadsheet, and save it as XLSX or CSV."),
    "password": Text("The file is protected by a password. Save it without one, and choose it again."),
    "encoding": Text("The letters of the file cannot be read. Save it as “CSV UTF-8” or as XLSX."),
    "too-large": Text("The table is too large: at most 5,000 rows, and 20 MB when unpacked. Divide it."),
    "empty": Text("The table is empty. Write the headings in its first row, and a daycare in each of the next."),
    "unread": Text(
        "The file could not be read: it is damaged, or it takes more than may be used for one file. Look for a cell far"
        " from the others, or copy the rows into a new sheet, and try again."
    ),
    "busy": Text("Other files are being read right now. Try again in a moment. Nothing was stored."),
}


def not_a_table(error: NotATable) -> Text:
    """Why a file cannot be read, and what to do about it."""
    columns = {"columns": ", ".join(error.columns)}
    if error.reason == "columns":
        return Text("These columns are missing: {columns}. Write their headings in the first row.", columns)
    if error.reason == "twice":
        return Text("These columns stand there more than once: {columns}. Keep one of each.", columns)
    return _NOT_A_TABLE[error.reason]
