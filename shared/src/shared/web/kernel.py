"""What the application factory hands to every request, reached through the request."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request
from starlette.requests import HTTPConnection

from shared.clock import Clock
from shared.database import Database
from shared.identity import Language, Sessions, SignIn
from shared.settings import KernelSettings
from shared.translations import Catalogue

if TYPE_CHECKING:
    from shared.web.pages import Pages
    from shared.web.problem_kinds import ProblemKinds


@dataclass(frozen=True, slots=True)
class WebKernel:
    """The parts of one HTTP process that requests share. Built once by `create_application`."""

    settings: KernelSettings
    database: Database
    clock: Clock
    sessions: Sessions
    sign_in: SignIn
    catalogue: Catalogue
    kinds: "ProblemKinds"
    pages: "Pages"

    @property
    def in_development(self) -> bool:
        return self.settings.environment == "development"


def kernel_of(connection: HTTPConnection) -> WebKernel:
    """The shared parts of the process that answers this request."""
    kernel: WebKernel = connection.app.state.kernel
    return kernel


def language_of(request: Request) -> Language:
    """The language this request is answered in."""
    language: Language = getattr(request.state, "language", "da")
    return language
