"""The shared objects of an HTTP process, which requests reach through the application's state."""

from dataclasses import dataclass

from fastapi import Request
from starlette.requests import HTTPConnection

from shared.clock import Clock
from shared.database import Database
from shared.identity import Language, SignIn
from shared.sessions.ended import EndedSessions
from shared.sessions.tokens import Sessions
from shared.settings import KernelSettings
from shared.translations import Catalogue
from shared.web.guesses import Guesses
from shared.web.problem_kinds import ProblemKinds
from shared.web.templating import Pages


@dataclass(frozen=True, slots=True)
class WebKernel:
    """The parts of one HTTP process that requests share. Built once by `create_application`."""

    settings: KernelSettings
    database: Database
    clock: Clock
    sessions: Sessions
    ended: EndedSessions
    sign_in: SignIn
    catalogue: Catalogue
    kinds: ProblemKinds
    pages: Pages
    guesses: Guesses

    @property
    def in_development(self) -> bool:
        return self.settings.environment == "development"

    @property
    def home(self) -> str:
        """The public address of this service, without a slash at the end."""
        return self.settings.home_of(self.database.service)

    @property
    def over_tls(self) -> bool:
        """Whether people come over TLS: always in production."""
        return not self.in_development or self.home.startswith("https://")


def kernel_of(connection: HTTPConnection) -> WebKernel:
    """The shared objects of the process that answers this request."""
    kernel: WebKernel = connection.app.state.kernel
    return kernel


def language_of(request: Request) -> Language:
    """The language in which this request is answered."""
    language: Language = getattr(request.state, "language", "da")
    return language
