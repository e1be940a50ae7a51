"""`SCHEDULING_*`: what scheduling alone needs of its environment."""

from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings, WorkerSettings


class SchedulingSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="SCHEDULING_", frozen=True)


class SchedulingWorkerSettings(WorkerSettings):
    model_config = SettingsConfigDict(env_prefix="SCHEDULING_", frozen=True)
