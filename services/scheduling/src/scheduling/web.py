"""The HTTP process of scheduling."""

from pathlib import Path

from fastapi import FastAPI

from scheduling.capacity import api as capacity_api
from scheduling.capacity import pages as capacity_pages
from scheduling.consultants import api as consultants_api
from scheduling.consultants import pages as consultants_pages
from scheduling.courses import api as courses_api
from scheduling.courses import pages as courses_pages
from scheduling.courses.queries import READERS
from scheduling.problems import PROBLEMS
from scheduling.schema import tables
from scheduling.settings import SchedulingSettings
from shared import telemetry
from shared.database import Database
from shared.errors import Text
from shared.settings import KernelSettings
from shared.starting import settings_of_web
from shared.web.application import create_application
from shared.web.serving import serve, trace_requests
from shared.web.templating import NavigationEntry

HERE = Path(__file__).parent


def create(kernel: KernelSettings, settings: SchedulingSettings) -> FastAPI:
    """The application, not yet serving."""
    clock = kernel.clock()
    return create_application(
        name="scheduling",
        title=Text("Courses"),
        settings=kernel,
        clock=clock,
        database=Database(settings.database_url.get_secret_value(), service="scheduling", tables=tables, clock=clock),
        routers=[
            courses_pages.router,
            capacity_pages.router,
            consultants_pages.router,
            courses_api.router,
            consultants_api.router,
            capacity_api.router,
        ],
        navigation=[
            NavigationEntry(Text("Courses"), "/"),
            NavigationEntry(Text("Capacity"), "/capacity", roles=READERS),
        ],
        problems=PROBLEMS,
        locale_directories=[HERE / "locale"],
        templates_directories=sorted(HERE.glob("*/templates")),
        instrument=trace_requests,
    )


def main() -> None:
    """Serve until told to stop."""
    kernel, settings = settings_of_web(SchedulingSettings)
    telemetry.configure("scheduling", "web", kernel.log_level)
    serve(create(kernel, settings), settings)


if __name__ == "__main__":
    main()
