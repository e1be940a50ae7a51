"""What the process does that looks at a file; see `inspection`."""

from intake.attachments.packages import NotAllowed
from intake.attachments.sniffing import kind_of


def inspect(content: bytes) -> dict[str, str | None]:
    """The kind of a file, or why it cannot be attached."""
    try:
        return {"kind": kind_of(content), "why": None}
    except NotAllowed as error:
        return {"kind": None, "why": error.why}
