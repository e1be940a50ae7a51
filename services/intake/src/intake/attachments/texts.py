"""What is said of a file to people."""

from intake.attachments.model import ENDINGS, FileKind
from shared.errors import Text

KIND = {
    FileKind.PDF: Text("a PDF document"),
    FileKind.PNG: Text("a PNG picture"),
    FileKind.JPEG: Text("a JPEG picture"),
    FileKind.WORD: Text("a Word document"),
    FileKind.EXCEL: Text("an Excel workbook"),
    FileKind.OPEN_TEXT: Text("an OpenDocument text"),
}
NOT_ALLOWED = {
    "kind": Text(
        "By its content the file is none of those that can be attached: PDF, Word, Excel, OpenDocument, PNG, JPEG. "
        "Save it as one of these."
    ),
    "old": Text("The file is saved in an old Office format. Save it as DOCX, XLSX or PDF, and choose it again."),
    "password": Text("The file is protected by a password. Save it without one, and choose it again."),
    "macros": Text("The file carries macros. Save it without them, or as PDF."),
    "embedded": Text("The file carries other files or programs that could be run from it. Save it as PDF."),
    "remote": Text("The file fetches something from elsewhere when it is opened. Remove its links, or save it as PDF."),
    "scripts": Text("The PDF carries a program, or starts one. Print it to a new PDF, and attach that."),
    "files": Text("The PDF carries other files. Attach each by itself, and print this one to a new PDF."),
    "protected": Text(
        "The PDF is protected by a password, or against changes. Print it to a new PDF, and attach that."
    ),
    "bomb": Text("The file would become far too large when it is opened. Save it as PDF."),
    "broken": Text(
        "The file is damaged, or protected by a password. Open it, save it anew without a password, and choose it "
        "again."
    ),
    "unread": Text("The file could not be looked at: it is damaged, or it takes too much. Save it anew, or as PDF."),
    "busy": Text("Other files are being read right now. Try again in a moment. Nothing was stored."),
}
"""By why a file cannot be attached."""


def wrong_ending(kind: FileKind, ending: str) -> Text:
    """What a file is, and how its name has to end."""
    said = {"kind": KIND[kind], "right": f".{ENDINGS[kind][0]}", "wrong": f".{ending}"}
    return Text("By its content the file is {kind}. Its name must end in {right}, and not in {wrong}.", said)
