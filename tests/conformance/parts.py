"""The API descriptions in parts, so that several processes ask side by side. Every path is in one part exactly."""

from dataclasses import dataclass

_INTAKE = (
    ("applications",),
    ("drafts", "draft-joinings"),
    ("daycares", "daycare-table", "municipality-mergers"),
    ("gatherings", "registrations"),
    ("letters", "newsletters", "subscriptions", "interests"),
    ("assessments", "agreements", "releases", "rounds"),
)
"""What comes after `/api/v1/` in the paths of each part; all other paths are a part, too."""


@dataclass(frozen=True)
class Part:
    """Some paths of a service: those that begin with one of these names, or all `others` than these."""

    service: str
    names: tuple[str, ...] = ()
    others: bool = False

    def has(self, path: str) -> bool:
        """Whether a path belongs to this part."""
        return (path.removeprefix("/api/v1/").partition("/")[0] in self.names) is not self.others

    def __str__(self) -> str:
        return f"{self.service}-{'others' if self.others else self.names[0]}"


PARTS = (
    *(Part("intake", names) for names in _INTAKE),
    Part("intake", tuple(name for names in _INTAKE for name in names), others=True),
    Part("scheduling", others=True),
    Part("reporting", others=True),
)
