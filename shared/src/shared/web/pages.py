"""Pages from templates, in the reader's language and inside the frame that every service shares."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.filters import make_attrgetter
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.responses import HTMLResponse

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
from shared.identity import LANGUAGES, ROLE_NAMES, Identity, Language, Role
from shared.settings import KernelSettings
from shared.translations import Catalogue
from shared.web.access import identity_of
from shared.web.form_token import FIELD, form_token, person_of, remember_visitor
from shared.web.kernel import kernel_of, language_of
from shared.web.local_paths import path_asked
from shared.web.returning import Returned, from_field, missing_in, returned_to, sending_of, stands_in, stood_in
from shared.web.standing import marks, marks_field, merged, note_on, note_on_box
from shared.web.static_files import StaticFolders

SHARED_TEMPLATES = Path(__file__).resolve().parent / "templates"


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """One of a service's own pages in the menu; with `roles`, only those who hold one of them see it."""

    label: Text
    path: str
    roles: frozenset[Role] = frozenset()

    def is_for(self, identity: Identity | None) -> bool:
        return not self.roles or (identity is not None and bool(self.roles & identity.roles))


@dataclass(frozen=True, slots=True)
class ServiceLink:
    """Another room of the house, in everybody's menu."""

    name: str
    label: Text
    url: str


def service_links(settings: KernelSettings) -> tuple[ServiceLink, ...]:
    """The three services where the settings say they are."""
    return (
        ServiceLink("intake", Text("Applications"), settings.intake_url),
        ServiceLink("scheduling", Text("Courses"), settings.scheduling_url),
        ServiceLink("reporting", Text("Reports"), settings.reporting_url),
    )


class Pages:
    """The templates of one service, ready in each language.

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
        """The finished page. Raises `jinja2.TemplateError` for a mistake in the template, also for a missing value."""
        return self._environments[language].get_template(template).render(context)


def render_page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> HTMLResponse:
    """The answer of a page's endpoint: `template` with `context` and what the frame needs.

    Where a form has come back to this page, its fields hold what was typed, and the answer is that of the problem. What
    was typed and no field takes any more is shown beside them, as it is on every page that says no.

    Raises `ValueError` for a `context` with a name of the frame's own, which would say something else there.
    """
    pages = kernel_of(request).pages
    returned = returned_to(request) if status < 400 else None
    frame = _frame(request, pages)
    if taken := sorted(context.keys() & {*frame, *pages.constants}):
        raise ValueError(f"{template} is given what the frame has itself: {', '.join(taken)}")
    values = {**frame, **context}
    if returned is not None:
        status, headers = returned.problem.status, {**(headers or {}), **returned.problem.headers}
        fields = merged(_sent(context), returned.typed, returned.stood, language_of(request))
        values |= {**_came_back(request, returned), "sent": fields}
    stood = stood_in(request) if request.method != "GET" else _stands(context, language_of(request))
    values["csrf_field"] = lambda: _token_field(request) + marks_field(stood) + from_field(request)
    content = pages.render(template, language_of(request), values)
    missing = missing_in(content, request) if status >= 400 else []
    is_gone = returned is not None and not stands_in(content, request)
    if missing or is_gone:
        content = pages.render(template, language_of(request), values | {"typed": missing, "form_is_gone": is_gone})
    response = HTMLResponse(content, status, dict(headers or {}))
    remember_visitor(request, response)
    return response


def _stands(context: Mapping[str, object], language: Language) -> str | None:
    """The marks of what the fields of a page hold; of one that fills in none by `sent` there are none."""
    return marks(_sent(context), language) if "sent" in context else None


def _sent(context: Mapping[str, object]) -> Mapping[str, object]:
    sent = context.get("sent")
    return sent if isinstance(sent, Mapping) else {}


def _came_back(request: Request, returned: Returned) -> dict[str, object]:
    """What the frame says of a form that has come back."""
    problem, kinds = returned.problem, kernel_of(request).kinds
    kind = kinds.get(problem.slug)
    returned.is_shown = True
    return {
        "returned": {
            "slug": problem.slug,
            "title": kinds.title_of(problem.slug, problem.status),
            "detail": problem.detail,
            "explanation": kind.explanation if kind else None,
        },
    }


def _frame(request: Request, pages: Pages) -> dict[str, object]:
    identity = identity_of(request)
    language = language_of(request)
    return {
        "request": request,
        "path": request.url.path,
        "language": language,
        "languages": [(code, _in_language(request, code)) for code in LANGUAGES],
        "identity": identity,
        "role_names": [ROLE_NAMES[role] for role in Role if identity and role in identity.roles],
        "person": person_of(request),
        "service_title": pages.title,
        "navigation": [entry for entry in pages.navigation if entry.is_for(identity)],
        "returned": None,
        "typed": [],
        "form_is_gone": False,
        "answered": sending_of(request),
    }


def _token_field(request: Request) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, form_token(request))


def _in_language(request: Request, language: Language) -> str:
    """The address of this page in another language; of a page that a form led to, the start page."""
    if request.method != "GET":
        return f"/?lang={language}"
    kept = [pair for pair in parse_qsl(request.url.query, keep_blank_values=True) if pair[0] != "lang"]
    return f"{path_asked(request)}?{urlencode([*kept, ('lang', language)])}"


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
    """Sentences whose numbers are shown as the reader writes them, whoever fills them in."""

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
    """`options | alphabetical(1)`: in the order of names in Danish, whatever language they are shown in."""

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
