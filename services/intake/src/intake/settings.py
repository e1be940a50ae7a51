"""`INTAKE_*`: what intake alone needs of its environment."""

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings, WorkerSettings


class IntakeSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="INTAKE_", frozen=True)


class IntakeWorkerSettings(WorkerSettings):
    model_config = SettingsConfigDict(env_prefix="INTAKE_", frozen=True)

    programmes: Path = Path("services/intake/programmes")
    """The folder of programme definitions that is loaded when the worker starts."""
