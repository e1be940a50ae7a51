"""What is said of a municipality that has become part of another."""

from intake.municipalities.decisions import must_stand
from intake.municipalities.model import Mergers
from shared.errors import Refused, Text

MERGED = Text("{name} has been part of {into_name} since {on}. Use {into_name} ({into}).")
"""With the parameters of the refusal `municipality-merged`."""


def merged(refused: Refused) -> Text:
    """The refusal `municipality-merged` as a sentence, for beside a field; any other is raised again."""
    if refused.slug != "municipality-merged":
        raise refused
    return Text(MERGED.message, refused.parameters)


def merged_into(mergers: Mergers, municipality: str | None) -> Text | None:
    """The same of a municipality; nothing of one that stands by itself, and of none."""
    if municipality is None:
        return None
    try:
        must_stand(mergers, municipality)
    except Refused as refused:
        return merged(refused)
    return None
