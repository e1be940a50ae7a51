"""The problems that the attachments answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "unknown-attachment",
        Text("There is no such file"),
        Text(
            "The address leads to no file, or to one that you may not see. Open the application to see which files it "
            "has."
        ),
        status=404,
        way="/applications",
    ),
    ProblemKind(
        "attachment-empty",
        Text("The file is empty"),
        Text("Choose a file with something in it. Nothing was stored."),
        status=422,
    ),
    ProblemKind(
        "attachment-too-large",
        Text("The file is too large"),
        Text("A file may have at most 10 MB. Nothing was stored."),
        status=413,
    ),
    ProblemKind(
        "attachment-not-allowed",
        Text("Such a file cannot be attached"),
        Text(
            "PDF, Word, Excel, OpenDocument, PNG and JPEG can be, without macros or scripts. Save the file as one of "
            "these, and attach it again. Nothing was stored."
        ),
        status=422,
        members=Text("The member `why` says what is amiss."),
        own_members=frozenset({"why"}),
    ),
    ProblemKind(
        "too-many-attachments",
        Text("The application has too many files"),
        Text("An application has at most 10 files. Remove one first. Nothing was stored."),
        status=409,
    ),
    ProblemKind(
        "too-many-removed",
        Text("Too many files have been replaced"),
        Text(
            "With those that were removed, the application has had 20 files. What was removed is deleted after a day "
            "or two; go on then, or send the application with the files that it has. Nothing was stored."
        ),
        status=409,
    ),
    ProblemKind(
        "attachments-of-a-day",
        Text("You have added very many files today"),
        Text(
            "One person can add 500 MB within a day. Go on tomorrow, or write to the office if that is too late. "
            "Nothing was stored."
        ),
        status=409,
    ),
    ProblemKind(
        "attachment-damaged",
        Text("The file is damaged"),
        Text(
            "It is gone, or no longer what was sent. Tell the operators, who can bring it back from the latest backup."
        ),
        status=500,
    ),
)
