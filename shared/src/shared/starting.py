"""Reads and checks the settings with which a process is started.

Where a setting is missing or too weak, the process does not start: it prints one sentence for each, which names the
variable and never its value, and ends with the status 2.
"""

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, Generic, NoReturn, TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from shared.mail.settings import MailSettings
from shared.settings import (
    KernelSettings,
    MonitorSettings,
    ProcessSettings,
    RetentionSettings,
    ServiceSettings,
    Settings,
    WorkerSettings,
)

WRONG = 2
"""The exit status of a process whose settings cannot be used."""

Read = TypeVar("Read", bound=BaseSettings)
Web = TypeVar("Web", bound=ServiceSettings)
Work = TypeVar("Work", bound=WorkerSettings)


def settings_of_web(own: type[Web]) -> tuple[KernelSettings, Web]:
    """The settings of an HTTP process."""
    kernel, service = _Reading(KernelSettings), _Reading(own)
    monitor = _Reading(MonitorSettings, f"{_prefix_of(own)}WEB_MONITOR_")
    _refuse_faults(kernel, kernel, service, monitor)
    return kernel.settings, service.settings


def settings_of_worker(own: type[Work]) -> tuple[ProcessSettings, Work]:
    """The settings of a worker; those for e-mails and monitoring are checked, too."""
    process, service = _Reading(ProcessSettings), _Reading(own)
    monitor = _Reading(MonitorSettings, f"{_prefix_of(own)}MONITOR_")
    _refuse_faults(process, process, service, _Reading(MailSettings), monitor)
    return process.settings, service.settings


def settings_of_preparation(own: type[Work]) -> Work:
    """The settings with which a service is prepared."""
    process, service = _Reading(ProcessSettings), _Reading(own)
    _refuse_faults(process, process, service)
    return service.settings


def settings_of_retention(own: type[Web]) -> tuple[ProcessSettings, RetentionSettings, Web]:
    """The settings for retention, which are checked before anything is deleted."""
    process, keep, service = _Reading(ProcessSettings), _Reading(RetentionSettings), _Reading(own)
    _refuse_faults(process, process, keep, service)
    return process.settings, keep.settings, service.settings


def refuse(*sentences: str) -> NoReturn:
    """Print the sentences to stderr, and end the process with the status `WRONG`."""
    sys.stderr.writelines(f"{sentence}\n" for sentence in dict.fromkeys(sentences))
    sys.exit(WRONG)


class _Reading(Generic[Read]):
    """An attempt to read settings from the environment."""

    def __init__(self, kind: type[Read], prefix: str | None = None) -> None:
        self.prefix = _prefix_of(kind) if prefix is None else prefix
        self.read: Read | None = None
        self.sentences: list[str] = []
        make: Callable[..., Read] = kind
        variables = map(self._variable, kind.model_fields)
        self.sentences += [f"{name}: must be text in UTF-8." for name in variables if _is_garbled(name)]
        if self.sentences:
            return
        try:
            self.read = make(_env_prefix=self.prefix)
        except ValidationError as error:
            self.sentences = [
                f"{self._variable('_'.join(map(str, each['loc'])))}: {_said(each['type'], each['msg'])}."
                for each in error.errors(include_input=False, include_url=False, include_context=False)
            ]

    @property
    def settings(self) -> Read:
        assert self.read is not None
        return self.read

    def faults(self, *, in_production: bool) -> Iterator[str]:
        """The reasons not to start, sentence by sentence."""
        yield from self.sentences
        if isinstance(self.read, Settings):
            for field, fault in self.read.faults(in_production=in_production):
                yield f"{self._variable(field)}: {fault}."

    def _variable(self, field: str) -> str:
        return f"{self.prefix}{field}".upper()


def _refuse_faults(process: _Reading[ProcessSettings] | _Reading[KernelSettings], *readings: "_Reading[Any]") -> None:
    in_production = process.read is None or process.read.environment == "production"
    found = [sentence for each in readings for sentence in each.faults(in_production=in_production)]
    if found:
        refuse(*found)


def _is_garbled(variable: str) -> bool:
    """Whether a variable holds bytes that are not UTF-8, which Python represents as lone surrogates."""
    return any("\ud800" <= character <= "\udfff" for character in os.environ.get(variable, ""))


def _prefix_of(kind: type[BaseSettings]) -> str:
    return str(kind.model_config["env_prefix"])


def _said(kind: str, message: str) -> str:
    """The message of a validator; no validator's message quotes the value."""
    return "is not set" if kind == "missing" else message.removeprefix("Value error, ")
