"""Subscribing to newsletters without signing in, by a form and by the links in e-mails."""

from fastapi import Request, Response
from pydantic import Field
from starlette.responses import PlainTextResponse, RedirectResponse

from intake.newsletter import commands, queries
from intake.newsletter.inputs import SubscriptionIn, TopicsIn
from intake.newsletter.texts import TOPIC
from shared.errors import require_found
from shared.mail.standing import mail_is_held_up
from shared.web.access import public
from shared.web.forms import Submission, submitted
from shared.web.kernel import language_of
from shared.web.pages import render_page
from shared.web.returning import was_done
from shared.web.routes import Work, link_router, page_router
from shared.web.strangers import stranger_of

router = page_router()
links = link_router()


class SubscriptionForm(SubscriptionIn):
    """The form, with a field that people do not see; programs that fill it in are thanked for nothing."""

    website: str = ""


class TopicsForm(TopicsIn):
    """The boxes that are ticked; `version` is what was before somebody's eyes."""

    version: int = Field(ge=1)


@router.get("/newsletter", dependencies=[public])
async def form_page(request: Request, work: Work) -> Response:
    """Where people ask for newsletters."""
    return await _form_page(request, work, Submission(None))


@router.post("/newsletter", dependencies=[public])
async def subscribe(request: Request, work: Work) -> Response:
    """Write to the address, and say so; the answer is the same for an address that gets newsletters already."""
    form = await submitted(request, SubscriptionForm, several=frozenset({"topics"}))
    if form.value is None:
        return await _form_page(request, work, form)
    if not form.value.website:
        await commands.subscribe(work, form.value, language_of(request), stranger_of(request))
    return RedirectResponse("/newsletter?sent=1", 303)


@router.get("/subscriptions/{token}", dependencies=[public])
async def subscription_page(token: str, request: Request, work: Work) -> Response:
    """The subscription that a link leads to. Looking changes nothing: programs follow links before people do."""
    return await _subscription_page(token, request, work, Submission(None))


@router.post("/subscriptions/{token}/confirmation", dependencies=[public])
async def confirm(token: str, request: Request, work: Work) -> Response:
    """Say that newsletters are wanted on what is ticked, and show the subscription."""
    form = await submitted(request, TopicsForm, several=frozenset({"topics"}))
    if form.value is None:
        return await _subscription_page(token, request, work, form)
    await commands.confirm_on(work, token, form.value.version, form.value.topics)
    return RedirectResponse(f"/subscriptions/{token}", 303)


@router.post("/subscriptions/{token}/topics", dependencies=[public])
async def choose_topics(token: str, request: Request, work: Work) -> Response:
    """Change what somebody is sent, and show it."""
    form = await submitted(request, TopicsForm, several=frozenset({"topics"}))
    if form.value is None:
        return await _subscription_page(token, request, work, form)
    await commands.choose_topics(work, token, form.value.version, form.value.topics)
    return RedirectResponse(f"/subscriptions/{token}?saved=1", 303)


@router.post("/subscriptions/{token}/removal", dependencies=[public])
async def unsubscribe(token: str, work: Work) -> Response:
    """Forget the address, and say so."""
    await commands.unsubscribe(work, token)
    return RedirectResponse("/newsletter?removed=1", 303)


@links.post("/unsubscribe/{token}", dependencies=[public])
async def unsubscribe_by_one_click(token: str, work: Work) -> Response:
    """What a mail program sends when its reader unsubscribes (RFC 8058): no cookie, no form, the link is the proof."""
    await commands.unsubscribe(work, token)
    return PlainTextResponse("OK")


@router.get("/unsubscribe/{token}", dependencies=[public])
async def unsubscribe_page(token: str) -> Response:
    """The same address, opened by a person: nothing is done before they have said so."""
    return RedirectResponse(f"/subscriptions/{token}", 303)


async def _form_page(request: Request, work: Work, form: Submission[SubscriptionForm]) -> Response:
    return render_page(
        request,
        "newsletter.html",
        status=422 if form.errors else 200,
        topics=TOPIC,
        was_sent=was_done(request, "sent"),
        mail_is_held_up=was_done(request, "sent") and await mail_is_held_up(work),
        was_removed=was_done(request, "removed"),
        sent=form.sent,
        errors=form.errors,
    )


async def _subscription_page(token: str, request: Request, work: Work, form: Submission[TopicsForm]) -> Response:
    found = require_found(await queries.subscription_by_token(work, token), "subscription")
    return render_page(
        request,
        "subscription.html",
        status=422 if form.errors else 200,
        subscription=found,
        token=token,
        topics=TOPIC,
        was_saved=was_done(request, "saved"),
        sent=form.sent or {"topics": sorted(found.topics)},
        errors=form.errors,
    )
