"""Brings what intake keeps to its limits: `python -m intake.retention`."""

from intake.schema import tables
from intake.settings import IntakeSettings
from shared.retention import command


def main() -> None:
    """Do what the command line says, once."""
    command.main("intake", tables, IntakeSettings)


if __name__ == "__main__":
    main()
