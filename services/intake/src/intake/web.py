"""The HTTP process of intake."""

import asyncio
import re
from pathlib import Path

from fastapi import FastAPI

from intake.agreements import api as agreements_api
from intake.agreements import pages as agreements_pages
from intake.applications import api as applications_api
from intake.applications import capacity_api as application_capacity_api
from intake.applications import list_pages, override_pages
from intake.applications import pages as applications_pages
from intake.applications.queries import READERS as APPLICATION_READERS
from intake.assessments import api as assessments_api
from intake.assessments import pages as assessments_pages
from intake.assessments.queries import READERS as ASSESSMENT_READERS
from intake.attachments.folder import AttachmentFolder
from intake.attachments.model import LARGEST
from intake.capacity import api as capacity_api
from intake.changes import api as changes_api
from intake.changes import pages as changes_pages
from intake.clarifications import api as clarifications_api
from intake.clarifications import pages as clarifications_pages
from intake.drafts import api as drafts_api
from intake.drafts import attachment_api, attachment_pages
from intake.drafts import pages as drafts_pages
from intake.enquiries import api as enquiries_api
from intake.enquiries import pages as enquiries_pages
from intake.gatherings import api as gatherings_api
from intake.gatherings import pages as gatherings_pages
from intake.interests import api as interests_api
from intake.interests import pages as interests_pages
from intake.letters import api as letters_api
from intake.letters import pages as letters_pages
from intake.materials import api as materials_api
from intake.materials import pages as materials_pages
from intake.mergers import api as mergers_api
from intake.mergers import pages as mergers_pages
from intake.municipalities import api as municipalities_api
from intake.newsletter import api as newsletter_api
from intake.newsletter import issue_pages as newsletter_issue_pages
from intake.newsletter import pages as newsletter_pages
from intake.newsletter.queries import WRITERS as NEWSLETTER_WRITERS
from intake.organisations import api as organisations_api
from intake.organisations import pages as organisations_pages
from intake.problems import PROBLEMS
from intake.programmes import api as programmes_api
from intake.programmes import pages as programmes_pages
from intake.rankings import api as rankings_api
from intake.rankings import pages as rankings_pages
from intake.registrations import api as registrations_api
from intake.registrations import attendance_pages as registrations_attendance_pages
from intake.registrations import link_pages as registrations_link_pages
from intake.registrations import pages as registrations_pages
from intake.registrations import roll_pages as registrations_roll_pages
from intake.releases import api as releases_api
from intake.releases import pages as releases_pages
from intake.rounds import api as rounds_api
from intake.rounds import pages as rounds_pages
from intake.schema import tables
from intake.settings import IntakeSettings
from intake.substitutions import api as substitutions_api
from intake.substitutions import pages as substitutions_pages
from intake.today import api as today_api
from intake.today import pages as today_pages
from intake.today.queries import READERS as TODAY_READERS
from shared import telemetry
from shared.database import Database
from shared.errors import Text
from shared.identity import Role
from shared.isolation.running import tell_open_ways
from shared.settings import KernelSettings
from shared.starting import settings_of_web
from shared.web.application import create_application
from shared.web.serving import serve, trace_requests
from shared.web.templating import NavigationEntry

OVERHEAD = 64 * 1024
"""Bytes that a form may have around the file that it carries."""
FILLED_IN = 4 * 1024 * 1024
"""Bytes of a table of as many daycares as are taken, or of a draft whose every field is full, as a form sends them."""
ROLL = 512 * 1024
"""Bytes of the list of a gathering with as many people as there may be."""
API = (
    applications_api.router,
    drafts_api.router,
    agreements_api.router,
    application_capacity_api.router,
    assessments_api.router,
    attachment_api.router,
    capacity_api.router,
    clarifications_api.router,
    enquiries_api.router,
    gatherings_api.router,
    changes_api.router,
    interests_api.router,
    letters_api.router,
    materials_api.router,
    mergers_api.router,
    municipalities_api.router,
    newsletter_api.router,
    organisations_api.router,
    programmes_api.router,
    rankings_api.router,
    registrations_api.router,
    releases_api.router,
    rounds_api.router,
    substitutions_api.router,
    today_api.router,
)
"""The routes are tried one after the other, twice for each request: what many programs ask for stands first."""
PAGES = (
    today_pages.router,
    list_pages.router,
    applications_pages.router,
    override_pages.router,
    clarifications_pages.router,
    drafts_pages.router,
    attachment_pages.router,
    rounds_pages.router,
    programmes_pages.router,
    organisations_pages.router,
    enquiries_pages.router,
    releases_pages.router,
    assessments_pages.router,
    agreements_pages.router,
    substitutions_pages.router,
    gatherings_pages.router,
    changes_pages.router,
    registrations_pages.router,
    registrations_link_pages.router,
    registrations_roll_pages.router,
    registrations_attendance_pages.router,
    newsletter_pages.router,
    newsletter_pages.links,
    newsletter_issue_pages.router,
    materials_pages.router,
    interests_pages.router,
    letters_pages.router,
    rankings_pages.router,
    mergers_pages.router,
)
HERE = Path(__file__).parent


def create(kernel: KernelSettings, settings: IntakeSettings) -> FastAPI:
    """The application, not yet serving."""
    clock = kernel.clock()
    attachments = AttachmentFolder(settings.attachments)
    app = create_application(
        name="intake",
        title=Text("Applications"),
        settings=kernel,
        clock=clock,
        database=Database(settings.database_url.get_secret_value(), service="intake", tables=tables, clock=clock),
        routers=[*API, *PAGES],
        navigation=[
            NavigationEntry(Text("Today"), "/", roles=TODAY_READERS),
            NavigationEntry(Text("Applications"), "/applications", roles=APPLICATION_READERS),
            NavigationEntry(Text("Assessments"), "/assessments", roles=ASSESSMENT_READERS),
            NavigationEntry(Text("Agreements"), "/agreements", roles=agreements_pages.READERS),
            NavigationEntry(Text("Apply"), "/apply", roles=frozenset({Role.APPLICANT})),
            NavigationEntry(Text("Letters"), "/letters", roles=letters_pages.READERS),
            NavigationEntry(Text("Questions"), "/enquiries", roles=enquiries_pages.READERS),
            NavigationEntry(Text("Daycares"), "/daycares", roles=organisations_pages.READERS),
            NavigationEntry(Text("Programmes and rounds"), "/programmes"),
            NavigationEntry(Text("Gatherings"), "/gatherings"),
            NavigationEntry(Text("Newsletters"), "/newsletters", roles=NEWSLETTER_WRITERS),
        ],
        problems=PROBLEMS,
        locale_directories=[HERE / "locale"],
        templates_directories=sorted(HERE.glob("*/templates")),
        body_limits=[
            (re.compile(r"(/api/v1)?/drafts/[^/]+/attachments"), LARGEST + OVERHEAD),
            (re.compile(r"(/api/v1)?/(drafts/[^/]+(/submission)?|daycare-table(/confirmation)?)"), FILLED_IN),
            (re.compile(r"(/api/v1)?/gatherings/[^/]+/(attendance|follow-ups)"), ROLL),
        ],
        checks={"attachments": lambda request: request.app.state.attachments.check()},
        instrument=trace_requests,
    )
    app.state.attachments = attachments
    return app


def main() -> None:
    """Serve until told to stop."""
    kernel, settings = settings_of_web(IntakeSettings)
    telemetry.configure("intake", "web", kernel.log_level)
    asyncio.run(tell_open_ways())
    serve(create(kernel, settings), settings)


if __name__ == "__main__":
    main()
