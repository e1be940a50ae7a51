"""`INTAKE_*`: what intake alone needs of its environment."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import Fault, ServiceSettings, WorkerSettings


class IntakeSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="INTAKE_", frozen=True)

    attachments: Path = Path("var/attachments")
    """The folder that holds what is attached to applications; it is backed up together with the database."""
    keep_drafts_months: int = Field(default=12, ge=1)
    """Months after which a draft that nobody changes is forgotten."""
    keep_needs_days: int = Field(default=14, ge=1)
    """Days after a gathering on which is forgotten what had to be known of access and diet."""
    keep_attendees_months: int = Field(default=12, ge=1)
    """Months after which names and addresses of those at a gathering, or who left an interest list, are forgotten."""
    keep_interests_months: int = Field(default=24, ge=1)
    """Months after which whoever has waited for a gathering that has not come is taken off the list and forgotten."""
    keep_enquiry_addresses_months: int = Field(default=12, ge=1)
    """Months after a question was asked after which is forgotten where its answer was to be sent."""
    keep_links_months: int = Field(default=12, ge=1)
    """Months after which the links in newsletters lead nowhere any more."""

    def faults(self, *, in_production: bool) -> Iterator[Fault]:
        yield from super().faults(in_production=in_production)
        folder = self.attachments
        if in_production and not folder.is_dir():
            yield "attachments", "must be a folder that is there, and that is backed up together with the database"
        elif folder.exists() and not _takes_files(folder):
            yield "attachments", "must be a folder that this process may write to"


def _takes_files(folder: Path) -> bool:
    """Whether a file can be made there, which rights alone do not say: nothing can in /proc or on a read-only disk."""
    try:
        with TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


class IntakeWorkerSettings(WorkerSettings):
    model_config = SettingsConfigDict(env_prefix="INTAKE_", frozen=True)

    programmes: Path = Path("services/intake/programmes")
    """The folder of programme definitions that is loaded when the worker starts."""

    def faults(self, *, in_production: bool) -> Iterator[Fault]:
        yield from super().faults(in_production=in_production)
        if not self.programmes.is_dir():
            yield "programmes", "must be the folder of the definitions of programmes"
