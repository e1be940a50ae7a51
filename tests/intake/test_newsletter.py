"""Newsletters: asked for and confirmed, written and sent in groups, and given up by one click."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from gathering_cases import posted
from intake_cases import NOON
from service_under_test import Browser, ServiceUnderTest, everybody_but
from sqlalchemy import text

from intake.newsletter.decisions import DAYS_TO_CONFIRM, GROUP, PAUSE, confirm, release, rewrite, send_group
from intake.newsletter.model import Issue, IssueStatus, Subscription, Topic
from intake.retention import OWN
from intake.settings import IntakeSettings
from intake.worker import handlers
from shared.contracts.intake.newsletter import NewsletterGroupDue
from shared.decision import Decision, Timer
from shared.errors import Refused
from shared.mail.standing import ServerState, note_standing

ROUNDS = frozenset({Topic.ROUNDS})
SUBSCRIPTION = Subscription(UUID(int=1), "anna@example.org", "da", ROUNDS, NOON)
ISSUE = Issue(UUID(int=2), "A new round", "It opens.\n\nSoon.", ROUNDS)
KEY = f"newsletter/{ISSUE.id}/group"
DUE = NewsletterGroupDue(issue_id=ISSUE.id)


# Decisions


def test_a_subscription_is_confirmed_to_the_last_second_and_once() -> None:
    end = NOON + timedelta(days=DAYS_TO_CONFIRM)
    last = end - timedelta(seconds=1)
    confirmed = replace(SUBSCRIPTION, confirmed_at=last)
    assert confirm(SUBSCRIPTION, last) == Decision(confirmed)
    assert confirm(confirmed, end) == Decision(confirmed)
    with pytest.raises(Refused, match="subscription-lapsed"):
        confirm(SUBSCRIPTION, end)


def test_an_issue_is_released_once_and_to_somebody() -> None:
    released = replace(ISSUE, status=IssueStatus.SENDING, released_at=NOON, recipients=250)
    assert release(ISSUE, 250, NOON) == Decision(released, (), (Timer(KEY, NOON, DUE),))
    with pytest.raises(Refused, match="newsletter-released"):
        release(released, 250, NOON)
    with pytest.raises(Refused, match="newsletter-released"):
        rewrite(released, "x", "x", ROUNDS)
    with pytest.raises(Refused, match="nobody-subscribes"):
        release(ISSUE, 0, NOON)


@pytest.mark.parametrize(
    ("count", "status", "timers"),
    [(GROUP, IssueStatus.SENDING, 1), (GROUP - 1, IssueStatus.SENT, 0), (0, IssueStatus.SENT, 0)],
)
def test_a_group_that_is_not_full_is_the_last(count: int, status: IssueStatus, timers: int) -> None:
    last = UUID(int=9) if count else None
    decision = send_group(replace(ISSUE, status=IssueStatus.SENDING, sent=GROUP), count, last, NOON)
    assert decision.state == replace(ISSUE, status=status, sent=GROUP + count, reached=last)
    assert decision.timers == (Timer(KEY, NOON + PAUSE, DUE),) * timers


# Over HTTP


async def ask(service: ServiceUnderTest, number: int = 1, *topics: str, **changes: Any) -> Any:
    body = {"email": f"reader{number}@example.org", "topics": list(topics) or ["rounds"]}
    return await service.post("/api/v1/subscriptions", body | changes, None)


async def links(service: ServiceUnderTest, number: int = 1) -> list[str]:
    """The tokens in the e-mails to somebody, in their order."""
    return [link.rsplit("/", 1)[1] for to, _, link in await posted(service) if to == f"reader{number}@example.org"]


async def subscribed(service: ServiceUnderTest, number: int = 1, *topics: str) -> str:
    await ask(service, number, *topics)
    (token,) = await links(service, number)
    answer = await service.post(f"/api/v1/subscriptions/{token}/confirmation", None, None)
    assert answer.status_code == 200, answer.text
    return token


async def written(service: ServiceUnderTest, *topics: str) -> str:
    body = {"subject": "A new round", "text": "It opens.\n\nSoon.", "topics": list(topics) or ["rounds"]}
    answer = await service.post("/api/v1/newsletters", body, "lone")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def released(service: ServiceUnderTest, id: str, seen: int = 1) -> Any:
    return await service.post(f"/api/v1/newsletters/{id}/release", None, "lone", if_match=f'"{seen}"')


async def send_due(service: ServiceUnderTest) -> int:
    """What the worker does: the timers that are due come due, and have their effect. Returns how many they were."""
    timer = service.database.tables.timer
    async with service.database.work() as work:
        due = (await work.session.execute(timer.select().where(timer.c.due_at <= work.now))).all()
        await work.session.execute(timer.delete().where(timer.c.key.in_([row.key for row in due])))
        await work.commit()
    await service.happen(handlers, *(NewsletterGroupDue.model_validate(row.data) for row in due))
    return len(due)


async def issue(service: ServiceUnderTest, id: str) -> tuple[str, int, int]:
    shown = (await service.get(f"/api/v1/newsletters/{id}", "lone")).json()
    return shown["status"], shown["sent"], shown["recipients"]


async def test_an_address_gets_newsletters_on_its_topics_once_it_has_confirmed(
    intake_service: ServiceUnderTest,
) -> None:
    await subscribed(intake_service, 1, "rounds", "conferences")
    await subscribed(intake_service, 2, "publications")
    await ask(intake_service, 3)
    before = len(await posted(intake_service))
    id = await written(intake_service)
    assert (await released(intake_service, id)).json()["recipients"] == 1
    await send_due(intake_service)
    sent = (await posted(intake_service))[before:]
    assert [(to, subject) for to, subject, _ in sent] == [("reader1@example.org", "{text}")]
    assert await issue(intake_service, id) == ("sent", 1, 1)


async def test_an_issue_goes_out_in_groups_that_others_can_come_between(intake_service: ServiceUnderTest) -> None:
    async with intake_service.database.work() as work:
        person = "gen_random_uuid(), 1, n || '@example.org', n || '@example.org'"
        rows = f"select {person}, 'da', '{{rounds}}', now(), '2020-01-01'"
        await work.session.execute(
            text(f"insert into intake.subscription {rows} from generate_series(1, {GROUP + 5}) n")
        )
        await work.commit()
    id = await written(intake_service)
    await released(intake_service, id)
    assert await send_due(intake_service) == 1
    assert await issue(intake_service, id) == ("sending", GROUP, GROUP + 5)
    assert await send_due(intake_service) == 0
    again = NewsletterGroupDue(issue_id=UUID(int=77))
    await intake_service.happen(handlers, again)
    intake_service.clock.move_to(intake_service.clock.now() + PAUSE)
    assert await send_due(intake_service) == 1
    assert await issue(intake_service, id) == ("sent", GROUP + 5, GROUP + 5)
    receivers = [to for to, _, _ in await posted(intake_service)]
    assert (len(receivers), len(set(receivers))) == (GROUP + 5, GROUP + 5)
    await intake_service.happen(handlers, NewsletterGroupDue(issue_id=UUID(id)))
    assert len(await posted(intake_service)) == GROUP + 5


async def test_of_two_who_send_it_at_once_one_counts(intake_service: ServiceUnderTest) -> None:
    await subscribed(intake_service)
    id = await written(intake_service)
    answers = await asyncio.gather(released(intake_service, id), released(intake_service, id))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    later = await released(intake_service, id, seen=2)
    assert (later.status_code, later.json()["type"]) == (409, "/problems/newsletter-released")


async def test_mail_programs_unsubscribe_by_one_click_without_a_session(intake_service: ServiceUnderTest) -> None:
    await subscribed(intake_service)
    id = await written(intake_service)
    await released(intake_service, id)
    await send_due(intake_service)
    mail = intake_service.database.tables.mail
    async with intake_service.database.work() as work:
        path = await work.session.scalar(
            mail.select().with_only_columns(mail.c.unsubscribe).where(mail.c.unsubscribe.is_not(None))
        )
    assert path == f"/unsubscribe/{(await links(intake_service))[-1]}"
    browser = Browser(intake_service)
    looked_at = await browser.open(str(path))
    assert (looked_at.status_code, await intake_service.rows("subscription")) == (303, 1)
    program = Browser(intake_service)
    for _ in range(2):
        answer = await program.http.post(str(path), data={"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert (await intake_service.rows("subscription"), await intake_service.rows("subscription_link")) == (0, 0)


async def test_who_unsubscribes_is_owed_nothing_more_and_their_address_stands_nowhere(
    intake_service: ServiceUnderTest,
) -> None:
    token = await subscribed(intake_service, 1)
    await subscribed(intake_service, 2)
    id = await written(intake_service)
    await released(intake_service, id)
    await send_due(intake_service)
    await intake_service.post(f"/api/v1/subscriptions/{token}/removal", None, None)
    assert {to for to, _, _ in await posted(intake_service)} == {"reader2@example.org"}


async def test_however_an_address_is_written_it_is_one_mailbox(intake_service: ServiceUnderTest) -> None:
    for email in ("anna@rødgrød.dk", "ANNA@xn--rdgrd-vuad.dk", "anna+a@rødgrød.dk", "anna+b@rødgrød.dk"):
        await ask(intake_service, 1, email=email)
    assert (await intake_service.rows("subscription"), len(await posted(intake_service))) == (1, 3)


async def test_who_unsubscribes_while_an_issue_goes_out_is_not_sent_it(intake_service: ServiceUnderTest) -> None:
    token = await subscribed(intake_service, 1)
    await subscribed(intake_service, 2)
    id = await written(intake_service)
    await released(intake_service, id)
    await intake_service.post(f"/api/v1/subscriptions/{token}/removal", None, None)
    await send_due(intake_service)
    assert await issue(intake_service, id) == ("sent", 1, 2)


async def test_whether_an_address_is_known_shows_in_its_own_e_mails_alone(intake_service: ServiceUnderTest) -> None:
    await subscribed(intake_service, 1)
    known, unknown = await ask(intake_service, 1), await ask(intake_service, 2)
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    answers = await asyncio.gather(*(ask(intake_service, 3, email="READER3@example.org") for _ in range(6)))
    assert {answer.status_code for answer in answers} == {202}
    assert await intake_service.rows("subscription") == 3
    subjects = [(to[:7].lower(), subject) for to, subject, _ in await posted(intake_service)]
    please = "Please confirm that you want our newsletters"
    assert subjects == [
        ("reader1", please),
        ("reader1", "You get our newsletters already"),
        ("reader2", please),
        *[("reader3", please)] * 3,
    ]


async def test_topics_are_changed_by_the_link(intake_service: ServiceUnderTest) -> None:
    token = await subscribed(intake_service)
    path = f"/api/v1/subscriptions/{token}"
    changes = [
        await intake_service.post(f"{path}/topics", {"topics": topics}, None, if_match=f'"{seen}"')
        for topics, seen in ((["conferences"], 2), (["rounds"], 2), ([], 3))
    ]
    assert [answer.status_code for answer in changes] == [200, 412, 422]
    assert (await intake_service.get(path, None)).json()["topics"] == ["conferences"]


@pytest.mark.parametrize(
    "changes",
    [{"email": "nobody"}, {"email": "a@b.dk\nBcc: c@d.dk"}, {"topics": []}, {"topics": ["weather"]}, {"website": "x"}],
)
async def test_what_is_no_subscription_is_refused(intake_service: ServiceUnderTest, changes: dict[str, Any]) -> None:
    assert (await ask(intake_service, **changes)).status_code == 422
    assert await intake_service.rows("subscription") == 0


async def test_nobody_else_writes_newsletters(intake_service: ServiceUnderTest) -> None:
    body = {"subject": "A", "text": "B", "topics": ["rounds"]}
    for name in everybody_but("secretary", "coordinator", "administrator"):
        assert (await intake_service.post("/api/v1/newsletters", body, name)).status_code == 403


@pytest.mark.parametrize("deed", ["confirmation", "removal"])
async def test_a_forged_token_does_nothing(intake_service: ServiceUnderTest, deed: str) -> None:
    await subscribed(intake_service)
    answer = await intake_service.post(f"/api/v1/subscriptions/forged/{deed}", None, None)
    assert answer.status_code == (404 if deed == "confirmation" else 200)
    assert await intake_service.rows("subscription") == 1


async def test_what_nobody_has_confirmed_is_forgotten_after_a_week(intake_service: ServiceUnderTest) -> None:
    await subscribed(intake_service, 1)
    await ask(intake_service, 2)
    forget, settings = OWN["unconfirmed subscriptions"], IntakeSettings(database_url=intake_service.database.dsn)
    intake_service.clock.move_to(intake_service.clock.now() + timedelta(days=DAYS_TO_CONFIRM, seconds=-30))
    assert await forget(intake_service.database, settings, False) == 0
    intake_service.clock.move_to(intake_service.clock.now() + timedelta(seconds=60))
    (token,) = await links(intake_service, 2)
    late = await intake_service.post(f"/api/v1/subscriptions/{token}/confirmation", None, None)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/subscription-lapsed")
    counts = [await forget(intake_service.database, settings, dry_run) for dry_run in (True, False, False)]
    assert (counts, await intake_service.rows("subscription")) == ([1, 1, 0], 1)


# As pages


async def test_somebody_subscribes_confirms_and_leaves_on_pages(intake_service: ServiceUnderTest) -> None:
    browser = Browser(intake_service)
    page = await browser.open("/newsletter?lang=en")
    wrong = await browser.send(page, "/newsletter", email="x")
    assert [wrong.status_code, "email-error" in wrong.text, "topics-error" in wrong.text] == [422, True, True]
    assert "Choose at least one." in wrong.text
    said = {"email": "reader1@example.org", "topics": "rounds"}
    await browser.follow(await browser.send(page, "/newsletter", **said, website="x"))
    assert await intake_service.rows("subscription") == 0
    done = await browser.follow(await browser.send(page, "/newsletter", **said))
    assert "Follow the link in it" in done.text
    path = f"/subscriptions/{(await links(intake_service))[0]}"
    mine = await browser.open(f"{path}?lang=en")
    assert "Waits for your confirmation" in mine.text
    none = await browser.send(mine, f"{path}/confirmation")
    assert (none.status_code, "topics-error" in none.text) == (422, True)
    confirmed = await browser.follow(await browser.send(mine, f"{path}/confirmation", topics="publications"))
    assert ('value="publications" checked' in confirmed.text, 'value="rounds" checked' in confirmed.text) == (
        True,
        False,
    )
    twice = await browser.send(mine, f"{path}/confirmation", topics="publications")
    assert twice.status_code == 303
    assert ("Confirmed" in confirmed.text, f"{path}/confirmation" in confirmed.text) == (True, False)
    saved = await browser.follow(await browser.send(confirmed, f"{path}/topics", topics="conferences"))
    assert 'value="conferences" checked' in saved.text
    gone = await browser.follow(await browser.send(saved, f"{path}/removal"))
    assert ("We have deleted your address" in gone.text, await intake_service.rows("subscription")) == (True, 0)


async def test_who_subscribes_while_the_mail_server_is_away_is_told_that_the_email_comes_later(
    intake_service: ServiceUnderTest,
) -> None:
    stranger = Browser(intake_service)
    fields = {"email": "aase@example.org", "topics": "rounds"}
    said = []
    for state in (ServerState.SILENT, ServerState.ANSWERS):
        async with intake_service.database.work() as work:
            await note_standing(work, state)
            await work.commit()
        page = await stranger.open("/newsletter?lang=en")
        done = (await stranger.follow(await stranger.send(page, "/newsletter", **fields))).text
        said.append(("Our e-mails are delayed" in done, "We have sent you an e-mail" in done))
    assert said == [(True, False), (False, True)]
    assert await intake_service.rows("mail") > 0


async def test_the_newsletter_that_goes_out_is_the_one_in_the_form(intake_service: ServiceUnderTest) -> None:
    await subscribed(intake_service)
    body = {"subject": "Gammelt", "text": "Gammelt.", "topics": ["rounds"]}
    id = (await intake_service.post("/api/v1/newsletters", body, "lone")).json()["id"]
    lone, path = Browser(intake_service), f"/newsletters/{id}"
    await lone.sign_in("lone")
    page = await lone.open(path)
    written = {"subject": "Nyt", "text": "Til <b>alle</b>", "topics": "rounds"}
    nothing = await lone.send(page, f"{path}/release", **written | {"text": ""})
    assert (nothing.status_code, 'value="Nyt"' in nothing.text) == (422, True)
    assert (await lone.send(page, f"{path}/release", **written)).status_code == 303
    sent = (await intake_service.get(f"/api/v1/newsletters/{id}", "lone")).json()
    assert (sent["subject"], sent["text"], sent["status"]) == ("Nyt", "Til <b>alle</b>", "sending")


async def test_a_newsletter_is_written_looked_at_and_sent_on_pages(intake_service: ServiceUnderTest) -> None:
    await subscribed(intake_service)
    lone = Browser(intake_service)
    await lone.sign_in("lone")
    page = await lone.open("/newsletters?lang=en")
    wrong = await lone.send(page, "/newsletters", subject="<b>News</b>")
    assert [wrong.status_code, "text-error" in wrong.text, "topics-error" in wrong.text] == [422, True, True]
    shown = await lone.follow(
        await lone.send(page, "/newsletters", subject="<b>News</b>", text="Øl & æbler", topics="rounds")
    )
    assert ("&lt;b&gt;News" in shown.text, "Øl &amp; æbler" in shown.text) == (True, True)
    path = str(shown.request.url.path)
    changed = await lone.follow(await lone.send(shown, f"{path}/text", subject="News", text="Text", topics="rounds"))
    stale = await lone.send(shown, f"{path}/release")
    assert stale.status_code == 412
    sending = await lone.follow(await lone.send(changed, f"{path}/release"))
    assert ("Is being sent" in sending.text, "0 of 1" in sending.text, f"{path}/text" in sending.text) == (
        True,
        True,
        False,
    )
    await send_due(intake_service)
    assert "1 of 1" in (await lone.open(f"{path}?lang=en")).text


async def test_the_list_takes_as_many_queries_for_fifty_as_for_one(intake_service: ServiceUnderTest) -> None:
    lone = Browser(intake_service)
    await lone.sign_in("lone")
    counts = []
    for number in (1, 49):
        for _ in range(number):
            await written(intake_service)
        async with intake_service.statements() as sent:
            assert (await lone.open("/newsletters")).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]
