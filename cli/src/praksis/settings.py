"""What the environment tells the command line. Nothing in it is printed but addresses without their credentials."""

from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

import typer
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict

from praksis.errors import WrongUsage
from praksis.output import say
from shared.clock import Clock
from shared.settings import ProcessSettings, PublicAddresses


class Service(StrEnum):
    """One of the three."""

    INTAKE = "intake"
    SCHEDULING = "scheduling"
    REPORTING = "reporting"


SERVICES = tuple(Service)
NAMES = "intake, scheduling or reporting"
OneService = Annotated[Service, typer.Argument(metavar="SERVICE", help=f"{NAMES}.")]


class Settings(ProcessSettings, PublicAddresses):
    """`PRAKSIS_*`, as the processes know them, and where each worker can be asked how it is."""

    model_config = SettingsConfigDict(env_prefix="PRAKSIS_", frozen=True, env_ignore_empty=True)

    amqp_url: SecretStr | None = None
    token: SecretStr | None = None
    intake_monitor_url: str = Field("http://127.0.0.1:8111", validation_alias="INTAKE_MONITOR_URL")
    scheduling_monitor_url: str = Field("http://127.0.0.1:8112", validation_alias="SCHEDULING_MONITOR_URL")
    reporting_monitor_url: str = Field("http://127.0.0.1:8113", validation_alias="REPORTING_MONITOR_URL")

    @classmethod
    def read(cls) -> "Settings":
        """What the environment says. Raises `WrongUsage` with the names of the settings that make no sense."""
        try:
            return cls()
        except ValidationError as error:
            names = ", ".join(sorted({_variable(str(each["loc"][0])) for each in error.errors() if each["loc"]}))
            raise WrongUsage(f"The environment has settings that make no sense: {names}.") from None

    def web_url(self, service: str) -> str:
        """The public address of a service, without a slash at the end. Raises `WrongUsage` for what is none."""
        return _http_address(getattr(self, f"{service}_url"), _variable(f"{service}_url"))

    def monitor_url(self, service: str) -> str:
        """Where a service's worker tells how it is, without a slash at the end. Raises `WrongUsage`."""
        return _http_address(getattr(self, f"{service}_monitor_url"), f"{service.upper()}_MONITOR_URL")

    def public_addresses(self) -> PublicAddresses:
        """As in the services, for what everybody reads. Raises `WrongUsage` for what they do not start with."""
        for field, fault in PublicAddresses.faults(self, in_production=self.environment == "production"):
            raise WrongUsage(f"{_variable(field)}: {fault}.")
        return self

    def broker_url(self) -> str:
        """The broker's address with its credentials. Raises `WrongUsage` where there is none."""
        if self.amqp_url is None:
            raise WrongUsage("PRAKSIS_AMQP_URL is not set: the address of RabbitMQ, amqp://user:password@host:5672/.")
        url = self.amqp_url.get_secret_value()
        if not _is_address(url, ("amqp", "amqps")):
            raise WrongUsage("PRAKSIS_AMQP_URL is no address such as amqp://user:password@host:5672/.")
        return url

    def time(self) -> Clock:
        """The clock of this installation. Raises `WrongUsage` for a simulated one outside development.

        A file that is not there is an offset of nothing, as for the processes, and is said.
        """
        try:
            clock = self.clock()
        except ValueError as error:
            raise WrongUsage(f"{error}.") from None
        if self.clock_file is not None and not self.clock_file.exists():
            say("The file that PRAKSIS_CLOCK_FILE names is not there: the time is the machine's own.")
        return clock


def host_of(url: str) -> str:
    """Host and port of an address, which may be shown; its user and password may not."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{host}:{parts.port}" if parts.port else f"{host}"


def _variable(field: str) -> str:
    return field if field.isupper() else f"PRAKSIS_{field.upper()}"


def _http_address(url: str, variable: str) -> str:
    if not _is_address(url, ("http", "https")):
        raise WrongUsage(f"{variable} is no address such as http://127.0.0.1:8101.")
    return url.rstrip("/")


def _is_address(url: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        return False
