"""Brings what scheduling keeps to its limits: `python -m scheduling.retention`."""

from scheduling.schema import tables
from scheduling.settings import SchedulingSettings
from shared.retention import command


def main() -> None:
    """Do what the command line says, once."""
    command.main("scheduling", tables, SchedulingSettings)


if __name__ == "__main__":
    main()
