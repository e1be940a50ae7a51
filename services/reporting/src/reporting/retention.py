"""Brings what reporting keeps to its limits: `python -m reporting.retention`."""

from reporting.schema import tables
from reporting.settings import ReportingSettings
from shared.retention import command


def main() -> None:
    """Do what the command line says, once."""
    command.main("reporting", tables, ReportingSettings)


if __name__ == "__main__":
    main()
