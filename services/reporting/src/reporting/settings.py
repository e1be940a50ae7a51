"""`REPORTING_*`: what reporting alone needs of its environment."""

from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings, WorkerSettings


class ReportingSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="REPORTING_", frozen=True)


class ReportingWorkerSettings(WorkerSettings):
    model_config = SettingsConfigDict(env_prefix="REPORTING_", frozen=True)
