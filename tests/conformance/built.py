"""The application of each service, as its process builds it."""

from pathlib import Path

from fastapi import FastAPI

import intake.settings
import intake.web
import reporting.settings
import reporting.web
import scheduling.settings
import scheduling.web
from shared.settings import KernelSettings


def built(name: str, kernel: KernelSettings, url: str, attachments: Path) -> FastAPI:
    """One service on its own database, with the folder in which it keeps files."""
    if name == "intake":
        return intake.web.create(kernel, intake.settings.IntakeSettings(database_url=url, attachments=attachments))
    if name == "scheduling":
        return scheduling.web.create(kernel, scheduling.settings.SchedulingSettings(database_url=url))
    return reporting.web.create(kernel, reporting.settings.ReportingSettings(database_url=url))
