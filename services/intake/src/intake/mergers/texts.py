"""What a merger says to people."""

from intake.municipalities.texts import merged
from shared.errors import Refused, Text

STOCK = {
    "daycares": Text("Daycares"),
    "applications": Text("Applications that still count"),
    "agreements": Text("Agreements"),
    "late_entries": Text("Codes for late entry that have not been used"),
    "enquiries": Text("Questions that wait for an answer"),
}
"""What moves, by its name in `Stock`."""

_REFUSALS = {
    "merger-into-itself": ("into", Text("Choose another municipality than the one that is no more.")),
    "merger-not-yet": ("on", Text("This day has not come yet. A merger is noted once it has taken effect.")),
    "merger-before-another": ("on", Text("Another municipality became part of this one only on {on}.")),
}


def beside_field(refused: Refused, municipality: str) -> tuple[str, Text]:
    """The field that a refusal is about, and what to do; raises again what is about none.

    `municipality` is the one that was said to be no more.
    """
    if refused.slug in _REFUSALS:
        field, said = _REFUSALS[refused.slug]
        return field, Text(said.message, refused.parameters)
    return "municipality" if refused.parameters.get("municipality") == municipality else "into", merged(refused)
