"""The Jinja templates of one service, an environment for each language, with filters and the menu."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.filters import make_attrgetter
from jinja2.runtime import Context

from shared.alphabet import danish
from shared.errors import Text
from shared.formats import (
    COPENHAGEN,
    format_date,
    format_in_field,
    format_local_day,
    format_moment,
    format_month,
    format_number,
    format_short_month,
    format_size,
    format_time,
)
from shared.identity import LANGUAGES, Identity, Language, Role
from shared.settings import KernelSettings
from shared.translations import Catalogue
from shared.web.standing import note_on, note_on_box
from shared.web.static_files import StaticFolders

SHARED_TEMPLATES = Path(__file__).resolve().parent / "templates"


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """A page in the service's menu; with `roles`, only people with one of them see it."""

    label: Text
    path: str
    roles: frozenset[Role] = frozenset()

    def is_for(self, identity: Identity | None) -> bool:
        return not self.roles or (identity is not None and bool(self.roles & identity.roles))


@dataclass(frozen=True, slots=True)
class ServiceLink:
    """A link to another service, in the menu of every page."""

    name: str
    label: Text
    url: str


def service_links(settings: KernelSettings) -> tuple[ServiceLink, ...]:
    """Links to the three services, with the addresses from the settings."""
    return (
        ServiceLink("intake", Text("Applications"), settings.intake_url),
        ServiceLink("scheduling", Text("Courses"), settings.scheduling_url),
        ServiceLink("reporting", Text("Reports"), settings.reporting_url),
    )


class Pages:
    """The templates of one service, loaded for each language.

    Raises `ValueError` when two folders hold a template of the same name, since one would hide the other.
    """

    def __init__(
        self,
        *,
        name: str,
        title: Text,
        settings: KernelSettings,
        catalogue: Catalogue,
        static: StaticFolders,
        navigation: Iterable[NavigationEntry] = (),
        templates_directories: Iterable[Path] = (),
    ) -> None:
        self.title = title
        self.navigation = tuple(navigation)
        folders = (*templates_directories, SHARED_TEMPLATES)
        _require_distinct_names(folders)
        self.constants = {"service": name, "service_links": service_links(settings), "static_url": static.url}
        self._environments = {language: _environment(folders, catalogue, language) for language in LANGUAGES}
        for environment in self._environments.values():
            environment.globals.update(self.constants)

    def render(self, template: str, language: Language, context: Mapping[str, object]) -> str:
        """The rendered page. Raises `jinja2.TemplateError` for a mistake in the template, also for a missing value."""
        return self._environments[language].get_template(template).render(context)


def _environment(folders: Iterable[Path], catalogue: Catalogue, language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(list(folders)),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        catalogue.gettext(language), catalogue.ngettext(language), newstyle=True
    )
    spoken: dict[str, Any] = environment.globals
    for name in ("gettext", "ngettext"):
        spoken[name] = _with_numbers(spoken[name], language)
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters.update(_filters(catalogue, language), alphabetical=_alphabetical(environment))
    return environment


def _with_numbers(sentence: Callable[..., str], language: Language) -> Callable[..., str]:
    """Wraps gettext so that numbers in sentences are formatted in the reader's language."""

    def shown(value: object) -> object:
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return format_number(value, language)
        return value

    @pass_context
    def told(context: Context, *message: Any, **values: object) -> str:
        counted = {"num": message[-1]} if len(message) > 1 else {}
        return sentence(context, *message, **{name: shown(value) for name, value in (counted | values).items()})

    return told


def _alphabetical(environment: Environment) -> Callable[[Iterable[Any], str | int], list[Any]]:
    """`options | alphabetical(1)`: sorts by names in Danish order, whatever language they are shown in."""

    def alphabetical(items: Iterable[Any], attribute: str | int) -> list[Any]:
        name_of = make_attrgetter(environment, attribute)
        return sorted(items, key=lambda each: danish(str(name_of(each))))

    return alphabetical


def _filters(catalogue: Catalogue, language: Language) -> dict[str, Any]:
    def text(value: Text | str) -> str:
        return catalogue.translate(value, language)

    def day(value: date | datetime, zone: str | None = None) -> str:
        return format_local_day(value, language, ZoneInfo(zone)) if zone else format_date(value, language)

    def moment(value: datetime, zone: str | None = None) -> str:
        return format_moment(value, language, ZoneInfo(zone) if zone else COPENHAGEN)

    def as_written(value: object) -> object:
        return format_in_field(value, language) if isinstance(value, int | float | Decimal) else value

    def clock_time(value: datetime) -> str:
        return format_time(value, language)

    def month(value: date) -> str:
        return format_month(value, language)

    def short_month(value: date) -> str:
        return format_short_month(value, language)

    def number(value: int | float | Decimal) -> str:
        return format_number(value, language)

    def size(value: int) -> str:
        return format_size(value, language)

    return {
        "size": size,
        "text": text,
        "day": day,
        "moment": moment,
        "clock_time": clock_time,
        "month": month,
        "short_month": short_month,
        "number": number,
        "as_written": as_written,
        "note_on": note_on,
        "note_on_box": note_on_box,
    }


def _require_distinct_names(folders: Iterable[Path]) -> None:
    owners: dict[str, Path] = {}
    for folder in folders:
        if not folder.is_dir():
            raise ValueError(f"there is no folder of templates at {folder}")
        for file in sorted(folder.rglob("*.html")):
            name = file.relative_to(folder).as_posix()
            if name in owners:
                raise ValueError(f"the template {name} is both in {owners[name]} and in {folder}")
            owners[name] = folder
