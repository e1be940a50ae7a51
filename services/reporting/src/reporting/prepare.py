"""Makes the database and the broker ready for reporting."""

from reporting.settings import ReportingWorkerSettings
from reporting.worker import handlers
from shared.prepare import prepare

if __name__ == "__main__":
    prepare("reporting", handlers, ReportingWorkerSettings())
