"""Makes the database and the broker ready for intake, after looking at the programmes it is to publish."""

import sys

from intake.programmes.files import ProgrammeFileError, load_programmes
from intake.settings import IntakeWorkerSettings
from intake.worker import handlers
from shared.prepare import prepare


def main() -> None:
    """Prepare, or say on the terminal which line of which programme file cannot be used."""
    settings = IntakeWorkerSettings()
    try:
        load_programmes(settings.programmes)
    except ProgrammeFileError as error:
        sys.exit(str(error))
    prepare("intake", handlers, settings)


if __name__ == "__main__":
    main()
