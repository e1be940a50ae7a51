"""Makes the database and the broker ready for scheduling."""

from scheduling.settings import SchedulingWorkerSettings
from scheduling.worker import handlers
from shared.prepare import prepare

if __name__ == "__main__":
    prepare("scheduling", handlers, SchedulingWorkerSettings())
