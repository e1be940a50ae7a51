"""Renders pages from templates, in the reader's language and inside the frame that all services share."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from fastapi import Request
from markupsafe import Markup
from starlette.responses import HTMLResponse

from shared.identity import LANGUAGES, ROLE_NAMES, Language, Role
from shared.web.access import identity_of
from shared.web.form_token import FIELD, form_token, person_of, remember_visitor
from shared.web.kernel import kernel_of, language_of
from shared.web.local_paths import path_asked
from shared.web.returning import Returned, from_field, missing_in, returned_to, sending_of, stands_in, stood_in
from shared.web.standing import marks, marks_field, merged
from shared.web.templating import Pages


def render_page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> HTMLResponse:
    """The response of a page's endpoint: `template` with `context` and the values of the frame.

    Where a refused form comes back to this page, its fields hold what was typed, and the response has the problem's
    status. Typed values that no field takes any more are shown beside the form, as on every page with an error.

    Raises `ValueError` for a `context` with a name that the frame uses itself.
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
    """The marks of the values that a page's fields show; None for a page that fills in no fields by `sent`."""
    return marks(_sent(context), language) if "sent" in context else None


def _sent(context: Mapping[str, object]) -> Mapping[str, object]:
    sent = context.get("sent")
    return sent if isinstance(sent, Mapping) else {}


def _came_back(request: Request, returned: Returned) -> dict[str, object]:
    """The frame's values for a form that has come back."""
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
    """The address of this page in another language; after a form was sent, of the start page."""
    if request.method != "GET":
        return f"/?lang={language}"
    kept = [pair for pair in parse_qsl(request.url.query, keep_blank_values=True) if pair[0] != "lang"]
    return f"{path_asked(request)}?{urlencode([*kept, ('lang', language)])}"
