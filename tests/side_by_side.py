"""How the tests are shared out among processes: a file at a time, the long ones first, and the longest in parts."""

from xdist.scheduler import LoadFileScheduling

IN_PARTS = ("tests/system/test_api_conformance.py",)
"""Files whose tests set up everything for themselves: each may run in a process of its own."""
LONG = (
    *IN_PARTS,
    "tests/browser/",
    "tests/faults/",
    "tests/system/test_story.py",
    "tests/cli/test_whole_system.py",
)
"""What takes minutes begins first, so that no process is left alone with it at the end."""


class FilesOrParts(LoadFileScheduling):  # type: ignore[misc]
    """What a file sets up is set up once, unless each of its tests sets up its own."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if nodeid.startswith(IN_PARTS) else str(super()._split_scope(nodeid))


def turn(nodeid: str) -> int:
    """The place of a test in the order in which they begin; those of one place stay in the order of their files."""
    return next((place for place, start in enumerate(LONG) if nodeid.startswith(start)), len(LONG))
