"""The settings that processes read from the environment. Secrets are `SecretStr`, so that they are never printed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared import weaknesses
from shared.clock import Clock, SimulatedClock, SystemClock

Fault = tuple[str, str]
"""A field, and what is wrong with it, in words that do not quote its value."""


class Settings(BaseSettings):
    """Settings of a process; `shared.starting` reads them."""

    model_config = SettingsConfigDict(frozen=True, hide_input_in_errors=True)

    def faults(self, *, in_production: bool) -> Iterator[Fault]:
        """What is wrong with valid settings, so that the process must not start with them."""
        yield from ()


class ProcessSettings(Settings):
    """`PRAKSIS_*`: the settings that all processes of an installation share."""

    model_config = SettingsConfigDict(env_prefix="PRAKSIS_", frozen=True)

    environment: Literal["development", "production"] = "production"
    clock_file: Path | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    def clock(self) -> Clock:
        """The clock of this process. A simulated one is refused outside development."""
        if self.clock_file is None:
            return SystemClock()
        if self.environment != "development":
            raise ValueError("PRAKSIS_CLOCK_FILE simulates the time and is for PRAKSIS_ENVIRONMENT=development only")
        return SimulatedClock(self.clock_file)

    def faults(self, *, in_production: bool) -> Iterator[Fault]:
        yield from super().faults(in_production=in_production)
        if in_production and self.clock_file is not None:
            yield "clock_file", "simulates the time and is for PRAKSIS_ENVIRONMENT=development only; unset it"


class PublicAddresses(Settings):
    """`PRAKSIS_*_URL`: the public addresses of the services."""

    model_config = SettingsConfigDict(env_prefix="PRAKSIS_", frozen=True)

    intake_url: str = "http://127.0.0.1:8101"
    scheduling_url: str = "http://127.0.0.1:8102"
    reporting_url: str = "http://127.0.0.1:8103"

    def home_of(self, service: str) -> str:
        """The public address of a service, without a slash at the end."""
        url: str = getattr(self, f"{service}_url")
        return url.strip().rstrip("/")

    def faults(self, *, in_production: bool) -> Iterator[Fault]:
        yield from super().faults(in_production=in_production)
        for field in PublicAddresses.model_fields:
            fault = weaknesses.fault_of_public_address(getattr(self, field), in_production=in_production)
            if fault is not None:
                yield field, fault


class KernelSettings(ProcessSettings, PublicAddresses):
    """`PRAKSIS_*`: the settings that all HTTP processes share; workers do not get the session secret."""

    session_secret: SecretStr
    session_idle_minutes: Annotated[int, Field(ge=15, le=720)] = 120
    """After so many minutes without a request, a session of the pages ends."""
    trusted_proxies: str = ""
    """Addresses or networks, separated by commas, of the reverse proxies in front of the service, whose forwarding
    headers tell the client's address. The headers of any other client are ignored, since anybody can write them. `none`
    where there is no proxy."""
    stranger_mails_per_source: Annotated[int, Field(ge=1, le=100_000)] = 20
    """How many e-mails within an hour one source may cause to addresses that nobody has proven to be theirs."""
    stranger_mails: Annotated[int, Field(ge=1, le=1_000_000)] = 300
    """How many of these are sent within an hour in all."""
    static: Path = Path("shared/frontend/node_modules")

    @property
    def issuer(self) -> str:
        """Names this installation, so that tokens are not valid in another one with the same secret."""
        return f"{self.environment} {self.home_of('intake')}"

    @property
    def proxies_in_front(self) -> str:
        """The trusted proxies, or an empty text."""
        return "" if self.trusted_proxies == weaknesses.NO_PROXY else self.trusted_proxies

    @field_validator("session_secret")
    @classmethod
    def _cannot_be_guessed(cls, secret: SecretStr) -> SecretStr:
        fault = weaknesses.fault_of_secret(secret.get_secret_value())
        if fault is not None:
            raise ValueError(fault)
        return secret

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, proxies: str) -> str:
        fault = weaknesses.fault_of_proxies(proxies)
        if fault is not None:
            raise ValueError(fault)
        return proxies.strip()

    def faults(self, *, in_production: bool) -> Iterator[Fault]:
        yield from super().faults(in_production=in_production)
        placeholder = weaknesses.fault_of_placeholder(self.session_secret.get_secret_value())
        if in_production and placeholder is not None:
            yield "session_secret", placeholder
        if in_production and not self.trusted_proxies:
            yield "trusted_proxies", weaknesses.PROXIES_UNKNOWN
        if not (self.static / "dkfds").is_dir():
            yield "static", "must be the folder node_modules with the design system, which `npm ci` makes"


class ServiceSettings(Settings):
    """The settings of one service, under its own prefix; a subclass sets `env_prefix`."""

    database_url: SecretStr
    """`postgresql://role:password@host:port/database`, with the role that owns the service's schema and no other."""
    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8100

    def faults(self, *, in_production: bool) -> Iterator[Fault]:
        yield from super().faults(in_production=in_production)
        fault = weaknesses.fault_of_database(self.database_url.get_secret_value(), in_production=in_production)
        if fault is not None:
            yield "database_url", fault


class WorkerSettings(ServiceSettings):
    """The settings that a worker needs beside the database; HTTP processes never get the broker's address."""

    amqp_url: SecretStr
    partitions: Annotated[int, Field(ge=1, le=64)] | None = None
    """Over how many queues (partitions) the service's events are spread; unset, as many as before, and one at first."""

    def faults(self, *, in_production: bool) -> Iterator[Fault]:
        yield from super().faults(in_production=in_production)
        fault = weaknesses.fault_of_broker(self.amqp_url.get_secret_value(), in_production=in_production)
        if fault is not None:
            yield "amqp_url", fault


class MonitorSettings(Settings):
    """Where a worker serves health checks and metrics (`<SERVICE>_MONITOR_*`), and an HTTP process its metrics
    (`<SERVICE>_WEB_MONITOR_*`)."""

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    """The loopback address, unless the monitoring runs on another machine; there is no authentication."""
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    """0: nothing is served."""

    @classmethod
    def of(cls, service: str) -> "MonitorSettings":
        """The settings of a service's worker."""
        return cls(_env_prefix=f"{service.upper()}_MONITOR_")


REPLAY_MONTHS = 24
REPLAY_WINDOW = timedelta(days=365 * REPLAY_MONTHS // 12)
"""How far back the log can be replayed and deduplication certainly holds: every event that is younger has its record,
if it was received. Leap days are not counted."""


class RetentionSettings(Settings):
    """`PRAKSIS_KEEP_*`: how long a service keeps what it does not keep for ever."""

    model_config = SettingsConfigDict(env_prefix="PRAKSIS_KEEP_", frozen=True)

    log_months: Annotated[int, Field(ge=1, le=1200)] = 84
    """Months that events are kept. A month of them is dropped as a whole, when its last event is so old."""
    received_months: Annotated[int, Field(le=1200)] = 25
    """Months that records of received events are kept, by which a redelivery is recognised (deduplication)."""
    answers_days: Annotated[int, Field(ge=1, le=3650)] = 7
    """Days that the first answers to requests are kept, which are given again to a repeated request (idempotency
    keys)."""
    mail_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """Days that it is kept that an e-mail was sent, and of what kind; an unsent e-mail is kept as a whole."""

    @field_validator("received_months")
    @classmethod
    def _outlives_every_replay(cls, months: int) -> int:
        if months <= REPLAY_MONTHS:
            raise ValueError(
                f"must be at least {REPLAY_MONTHS + 1}, since the last {REPLAY_MONTHS} months can be replayed and a"
                " replayed event without its record would have its effect again; to keep less, shorten REPLAY_WINDOW"
                " first"
            )
        return months
