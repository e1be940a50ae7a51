"""Makes the database and the broker ready for intake, after looking at the programmes it is to publish."""

from intake.programmes.loading import require_programmes
from intake.settings import IntakeWorkerSettings
from intake.worker import handlers
from shared.prepare import prepare
from shared.starting import settings_of_preparation


def main() -> None:
    """Prepare, or say on the terminal which line of which programme file cannot be used."""
    settings = settings_of_preparation(IntakeWorkerSettings)
    require_programmes(settings.programmes)
    prepare("intake", handlers, settings)


if __name__ == "__main__":
    main()
