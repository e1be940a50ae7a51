"""Makes the database and the broker ready for scheduling."""

from scheduling.settings import SchedulingWorkerSettings
from scheduling.worker import handlers
from shared.prepare import prepare
from shared.starting import settings_of_preparation

if __name__ == "__main__":
    prepare("scheduling", handlers, settings_of_preparation(SchedulingWorkerSettings))
