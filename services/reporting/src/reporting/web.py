"""The HTTP process of reporting."""

from pathlib import Path

from fastapi import FastAPI

from reporting.instruments import api as instruments_api
from reporting.pipeline import api as pipeline_api
from reporting.pipeline import pages as pipeline_pages
from reporting.problems import PROBLEMS
from reporting.schema import tables
from reporting.settings import ReportingSettings
from shared import telemetry
from shared.database import Database
from shared.errors import Text
from shared.settings import KernelSettings
from shared.starting import settings_of_web
from shared.web.application import create_application
from shared.web.serving import serve, trace_requests
from shared.web.templating import NavigationEntry

HERE = Path(__file__).parent


def create(kernel: KernelSettings, settings: ReportingSettings) -> FastAPI:
    """The application, not yet serving."""
    clock = kernel.clock()
    return create_application(
        name="reporting",
        title=Text("Reports"),
        settings=kernel,
        clock=clock,
        database=Database(settings.database_url.get_secret_value(), service="reporting", tables=tables, clock=clock),
        routers=[pipeline_pages.router, pipeline_api.router, instruments_api.router],
        navigation=[NavigationEntry(Text("The pipeline"), "/")],
        problems=PROBLEMS,
        locale_directories=[HERE / "locale"],
        templates_directories=[HERE / "pipeline" / "templates"],
        instrument=trace_requests,
    )


def main() -> None:
    """Serve until told to stop."""
    kernel, settings = settings_of_web(ReportingSettings)
    telemetry.configure("reporting", "web", kernel.log_level)
    serve(create(kernel, settings), settings)


if __name__ == "__main__":
    main()
