"""Makes the database and the broker ready for intake."""

from intake.settings import IntakeWorkerSettings
from intake.worker import handlers
from shared.prepare import prepare

if __name__ == "__main__":
    prepare("intake", handlers, IntakeWorkerSettings().amqp_url.get_secret_value())
