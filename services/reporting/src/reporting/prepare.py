"""Makes the database and the broker ready for reporting."""

from reporting.settings import ReportingWorkerSettings
from reporting.worker import handlers
from shared.prepare import prepare
from shared.starting import settings_of_preparation

if __name__ == "__main__":
    prepare("reporting", handlers, settings_of_preparation(ReportingWorkerSettings))
