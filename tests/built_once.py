"""Applications of one service that share what does not change: routes, middleware, templates and translations.

To build one takes the signatures of some three hundred routes, six thousand lines of translations, and every template
that is shown. An application of a test's own is a copy of the first one in the process, with a kernel of its own: what
requests change – a database, a clock, ended sessions, guesses – is never shared.
"""

from copy import copy
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

from conformance.built import built
from fastapi import FastAPI
from starlette.datastructures import State

from intake.attachments.folder import AttachmentFolder
from shared.database import Database
from shared.sessions.ended import EndedSessions
from shared.settings import KernelSettings
from shared.web.guesses import Guesses
from shared.web.kernel import WebKernel

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
OWN = {"settings", "database", "clock", "ended", "guesses"}
"""What of a kernel is made for each application."""
NEVER_CHANGES = {"sessions", "sign_in", "catalogue", "kinds", "pages"}
"""What of a kernel depends on the settings and the files alone."""


def application(name: str, kernel: KernelSettings, url: str, attachments: Path) -> FastAPI:
    """One service on its own database, as `built` makes it; it has no lifespan of its own to run."""
    whole = _first(name, kernel.model_copy(update={"clock_file": None}))
    first: WebKernel = whole.state.kernel
    clock = kernel.clock()
    database = Database(url, service=name, tables=first.database.tables, clock=clock)
    app = copy(whole)
    app.state = State()
    app.state.kernel = replace(
        first, settings=kernel, database=database, clock=clock, ended=EndedSessions(database), guesses=Guesses()
    )
    if name == "intake":
        app.state.attachments = AttachmentFolder(attachments)
    return app


@cache
def _first(name: str, kernel: KernelSettings) -> FastAPI:
    app = built(name, kernel, NOWHERE, Path("/nowhere"))
    assert {field.name for field in fields(WebKernel)} == OWN | NEVER_CHANGES, "say what of the kernel is shared"
    assert {*app.state._state} <= {"kernel", "attachments"}, "say what of the state is shared"
    app.middleware_stack = app.build_middleware_stack()
    return app
