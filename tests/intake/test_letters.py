"""Letters about decisions: written from what is on record, approved once, sent as PDF, and noted in the journal."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from service_under_test import PROGRAMMES, Browser, OpenIntake, ServiceUnderTest, everybody_but, forms_of
from sqlalchemy import select, text, update

from intake.letters import decisions
from intake.letters.documents import LETTERS
from intake.letters.handlers import on
from intake.letters.model import Discard, Letter, LetterKind, LetterStatus, Way, Words
from intake.letters.tables import LetterRow
from intake.programmes.loading import publish_programmes
from local.story import cast
from shared.contracts.base import Event
from shared.contracts.intake.applications import ApplicationRefused
from shared.contracts.intake.rounds import RoundClosed
from shared.contracts.published import PUBLISHED
from shared.decision import Decision
from shared.errors import Refused
from shared.isolation.running import FILES, places
from shared.mail.standing import ServerState, note_standing
from shared.web.filled import fields_of

NOON = datetime(2026, 11, 3, 11, tzinfo=UTC)
LETTER = Letter(
    id=UUID(int=1),
    application_id=UUID(int=2),
    kind=LetterKind.DECLINE,
    language="da",
    words=Words("Afslag", "Kære Anna"),
    decided_on=date(2026, 11, 3),
    composed_at=NOON,
)
APPROVED = replace(LETTER, status=LetterStatus.APPROVED, approved_by="clara", approved_at=NOON, way=Way.EMAIL)


REFUSAL = replace(LETTER, kind=LetterKind.REFUSAL)
DISCARD = Discard("clara", NOON, "Anna ringede selv")


def test_a_draft_is_reworded_approved_and_made_void() -> None:
    words = Words("Nyt", "Andet")
    assert decisions.reword(LETTER, words) == Decision(replace(LETTER, words=words))
    assert decisions.approve(LETTER, "clara", NOON, Way.EMAIL) == Decision(APPROVED)
    assert decisions.supersede(LETTER) == Decision(replace(LETTER, status=LetterStatus.SUPERSEDED))


def test_a_refusal_by_the_rules_may_rest_and_a_decision_has_to_go_out() -> None:
    assert decisions.discard(REFUSAL, DISCARD) == Decision(
        replace(REFUSAL, status=LetterStatus.DISCARDED, discard=DISCARD)
    )
    for kind in set(LetterKind) - {LetterKind.REFUSAL}:
        with pytest.raises(Refused) as refused:
            decisions.discard(replace(LETTER, kind=kind), DISCARD)
        assert refused.value.slug == "letter-must-go-out"


@pytest.mark.parametrize(
    "letter", [APPROVED, *(replace(REFUSAL, status=each) for each in LetterStatus if each != "draft")]
)
def test_what_is_no_draft_any_more_stays_as_it_is(letter: Letter) -> None:
    deeds: tuple[Callable[[], object], ...] = (
        lambda: decisions.reword(letter, letter.words),
        lambda: decisions.approve(letter, "clara", NOON, Way.POST),
        lambda: decisions.supersede(letter),
        lambda: decisions.discard(letter, DISCARD),
    )
    for deed in deeds:
        with pytest.raises(Refused) as refused:
            deed()
        assert refused.value.slug == "letter-not-draft"


def test_an_approved_letter_is_posted_once_also_where_its_email_failed() -> None:
    posted = replace(APPROVED, way=Way.POST, posted_by="lone", posted_at=NOON)
    assert decisions.note_posted(APPROVED, "lone", NOON) == Decision(posted)
    for letter, slug in ((posted, "letter-posted"), (LETTER, "letter-not-approved")):
        with pytest.raises(Refused) as refused:
            decisions.note_posted(letter, "lone", NOON)
        assert refused.value.slug == slug


# Over HTTP

CONTACT = {"name": "Anna Åkjær", "email": "anna@vordingborg.example"}
REASON = "Der er for få børn under 3 år."


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def happened(service: ServiceUnderTest) -> None:
    """Let the letters react to all that intake has told, as its own worker would, once."""
    async with service.database.work() as work:
        event = service.database.tables.event
        rows = await work.session.execute(select(event).order_by(event.c.position))
        facts = [PUBLISHED[row.type].model_validate(row.data) for row in rows]
    wanted = {kind.type_name() for kind in on.events}
    fresh: list[Event] = [fact for fact in facts if fact.type_name() in wanted]
    await service.happen(on, *fresh[-1:])


async def decided(
    office: OpenIntake, deed: str = "declination", reason: str = REASON, contact: dict[str, str] | None = CONTACT
) -> dict[str, Any]:
    """An application on which clara has decided, and of which the letters have heard."""
    wish = {} if contact is None else {"contact": contact}
    application = await office.submitted(**wish)
    answer = await office.service.post(
        f"/api/v1/applications/{application['id']}/{deed}",
        {"reason": reason},
        "clara",
        if_match=f'"{application["version"]}"',
    )
    assert answer.status_code == 200, answer.text
    await happened(office.service)
    return application


async def listed(service: ServiceUnderTest, name: str = "clara", query: str = "") -> list[dict[str, Any]]:
    answer = await service.get(f"/api/v1/letters{query}", name)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def only_letter(service: ServiceUnderTest) -> dict[str, Any]:
    (line,) = await listed(service)
    letter: dict[str, Any] = (await service.get(f"/api/v1/letters/{line['id']}", "clara")).json()
    return letter


async def do(
    service: ServiceUnderTest, letter: dict[str, Any], deed: str, name: str = "clara", body: Any = None
) -> httpx.Response:
    path = f"/api/v1/letters/{letter['id']}/{deed}"
    return await service.post(path, body, name, if_match=f'"{letter["version"]}"')


async def mails(service: ServiceUnderTest) -> list[Any]:
    """The e-mails that bring a letter; the receipt of the application brings none."""
    async with service.database.work() as work:
        mail, enclosure = service.database.tables.mail, service.database.tables.enclosure
        joined = mail.join(enclosure, enclosure.c.mail_id == mail.c.id)
        columns = (
            mail.c.id,
            mail.c.address,
            mail.c.language,
            mail.c.link,
            mail.c.subject,
            enclosure.c.name,
            enclosure.c.content,
        )
        return list(await work.session.execute(select(*columns).select_from(joined)))


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[1]


@pytest.mark.parametrize(
    ("deed", "kind", "theme"),
    [
        ("acceptance", "acceptance", "Tilsagn: Længerevarende rådgivningsforløb, Vordingborg"),
        ("declination", "decline", "Afslag: Længerevarende rådgivningsforløb, Vordingborg"),
        ("waiting", "waiting", "Venteliste: Længerevarende rådgivningsforløb, Vordingborg"),
    ],
)
async def test_a_decision_becomes_a_draft_from_what_is_on_record(
    office: OpenIntake, deed: str, kind: str, theme: str
) -> None:
    application = await decided(office, deed)
    letter = await only_letter(office.service)
    assert (letter["kind"], letter["theme"], letter["status"], letter["language"]) == (kind, theme, "draft", "da")
    assert (letter["application_id"], letter["delivery"], letter["version"]) == (application["id"], None, 1)
    text = letter["text"]
    assert text.startswith("Kære Anna Åkjær\n\nTak for jeres ansøgning om Længerevarende rådgivningsforløb, som vi")
    assert f"\n\n{REASON}\n\n" in text
    assert cast.NURSERY["name"] in text
    assert "– Antallet af dagtilbud er 2. Programtypen er for 2 til 5 dagtilbud.\n" in text
    assert "– Motivation for at deltage\n" in text
    assert await mails(office.service) == []


async def test_a_later_decision_makes_the_draft_of_the_earlier_one_void(office: OpenIntake) -> None:
    application = await decided(office, "waiting")
    answer = await office.service.post(
        f"/api/v1/applications/{application['id']}/acceptance", {"reason": "Der blev plads."}, "clara", if_match='"2"'
    )
    assert answer.status_code == 200, answer.text
    await happened(office.service)
    assert [(each["kind"], each["status"]) for each in await listed(office.service)] == [
        ("acceptance", "draft"),
        ("waiting", "superseded"),
    ]
    void = (await listed(office.service))[1]
    assert slug(await do(office.service, void | {"version": 2}, "approval")) == (409, "letter-not-draft")


async def test_a_decision_that_has_been_overtaken_is_told_by_no_letter(office: OpenIntake) -> None:
    application = await office.submitted()
    for deed, version in (("waiting", 1), ("declination", 2)):
        path = f"/api/v1/applications/{application['id']}/{deed}"
        await office.service.post(path, {"reason": REASON}, "clara", if_match=f'"{version}"')
    facts = [(name, data) for name, data in await office.service.published() if name == "ApplicationWaitlisted"]
    event = PUBLISHED["dk.praksis.intake.ApplicationWaitlisted.v1"].model_validate(facts[0][1])
    await office.service.happen(on, event)
    assert await listed(office.service) == []


@pytest.mark.parametrize(
    "reason",
    [
        "{{ 7*7 }} {% include 'x' %} {{ ''.__class__ }}",
        '<script>alert(1)</script> & "quotes"',
        "Ærø, Qaqortoq ᖃᖅᑐᖅ, أحمد, 太田, 👩‍🏫",
        "x" * 2_000,
        "one\ntwo\n\nthree",
    ],
)
async def test_what_a_caseworker_types_stays_what_they_typed(office: OpenIntake, reason: str) -> None:
    await decided(office, reason=reason)
    letter = await only_letter(office.service)
    assert f"\n\n{reason}\n\n" in letter["text"]
    page = await office.service.get(f"/letters/{letter['id']}", "clara")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert (await do(office.service, letter, "approval")).status_code == 200
    assert (await mails(office.service))[0].content.startswith(b"%PDF-")


async def test_an_approved_letter_leaves_as_pdf_to_the_contact_of_the_application(office: OpenIntake) -> None:
    await decided(office)
    letter = await only_letter(office.service)
    approved = (await do(office.service, letter, "approval")).json()
    assert {name: approved[name] for name in ("status", "way", "delivery", "approved_by", "version")} == {
        "status": "approved",
        "way": "email",
        "delivery": "email-waits",
        "approved_by": "local:clara",
        "version": 2,
    }
    (mail,) = await mails(office.service)
    assert (mail.address, mail.language, mail.link) == (CONTACT["email"], "da", f"/letters/{letter['id']}")
    assert re.fullmatch(r"brev-vordingborg-\d{4}-\d{2}-\d{2}\.pdf", mail.name)
    document = await office.service.get(f"/letters/{letter['id']}/document", "anna")
    assert document.content == mail.content
    table = office.service.database.tables.mail
    async with office.service.database.work() as work:
        await work.session.execute(update(table).values(sent_at=NOON, next_attempt_at=None))
        await work.commit()
    (line,) = await listed(office.service)
    assert (line["delivery"], line["delivered_at"]) == ("email-sent", "2026-11-03T11:00:00Z")


async def test_while_the_mail_server_is_away_the_letter_is_approved_and_the_page_says_that_it_waits(
    office: OpenIntake,
) -> None:
    await decided(office)
    letter = await only_letter(office.service)
    async with office.service.database.work() as work:
        await note_standing(work, ServerState.SILENT, "ConnectionRefusedError")
        await work.commit()
    assert (await do(office.service, letter, "approval")).status_code == 200
    page = (await office.service.get(f"/letters/{letter['id']}?lang=en", "clara")).text
    assert "The e-mail waits, since the mail server does not answer at the moment" in page
    assert "ConnectionRefusedError" not in page


async def test_a_letter_without_an_address_is_printed_and_posted(office: OpenIntake) -> None:
    await decided(office, contact=None)
    letter = await only_letter(office.service)
    assert letter["text"].startswith("Kære Vordingborg\n")
    page = (await office.service.get(f"/letters/{letter['id']}?lang=en", "clara")).text
    assert "The application names no e-mail address" in page
    approved = (await do(office.service, letter, "approval")).json()
    assert (approved["way"], approved["delivery"]) == ("post", "to-be-posted")
    assert await mails(office.service) == []
    posted = await do(office.service, approved, "posting", "lone")
    assert (posted.json()["delivery"], posted.json()["version"]) == ("posted", 3)
    assert slug(await do(office.service, posted.json(), "posting", "lone")) == (409, "letter-posted")


async def test_a_letter_whose_email_failed_can_be_posted(office: OpenIntake) -> None:
    await decided(office)
    approved = (await do(office.service, await only_letter(office.service), "approval")).json()
    table = office.service.database.tables.mail
    async with office.service.database.work() as work:
        await work.session.execute(update(table).values(next_attempt_at=None, last_error="SMTPRecipientRefused 550"))
        await work.commit()
    page = await office.service.get(f"/letters/{approved['id']}", "clara")
    assert "E-mailadressen tager ikke imod brevet" in page.text
    assert f"/letters/{approved['id']}/posting" in forms_of(page.text)
    own = await office.service.get(f"/letters/{approved['id']}", "anna")
    assert ("Du kan læse det her" in own.text, "driftsansvarlige" in own.text) == (True, False)
    assert (await do(office.service, approved, "posting")).json()["delivery"] == "posted"


async def test_of_two_who_approve_at_once_one_does(office: OpenIntake) -> None:
    await decided(office)
    letter = await only_letter(office.service)
    answers = await asyncio.gather(*(do(office.service, letter, "approval") for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert len(await mails(office.service)) == 1


async def test_what_was_reworded_while_it_was_printed_does_not_go_out(office: OpenIntake) -> None:
    await decided(office)
    letter = await only_letter(office.service)
    async with places(FILES).one(), places(FILES).one(), places(LETTERS).one():  # files keep no letter waiting
        approving = asyncio.create_task(do(office.service, letter, "approval"))
        while places(LETTERS).taken < 2:
            await asyncio.sleep(0.01)
        words = {"theme": "Afslag", "text": "Kære Anna"}
        assert (await do(office.service, letter, "words", body=words)).status_code == 200
    assert slug(await approving) == (412, "stale-version")
    assert await mails(office.service) == []


async def test_nobody_approves_what_they_have_not_read(office: OpenIntake) -> None:
    await decided(office)
    letter = await only_letter(office.service)
    words = {"theme": "Afslag", "text": "Kære Anna\n\n" + "ord " * 4_000}
    changed = await do(office.service, letter, "words", body=words)
    assert (changed.json()["text"], changed.json()["version"]) == (words["text"].strip(), 2)
    assert slug(await do(office.service, letter, "approval")) == (412, "stale-version")
    assert slug(await do(office.service, letter, "words", body=words)) == (412, "stale-version")
    approved = (await do(office.service, changed.json(), "approval")).json()
    assert slug(await do(office.service, approved, "words", body=words)) == (409, "letter-not-draft")
    assert slug(await do(office.service, approved, "approval")) == (409, "letter-not-draft")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"theme": "", "text": "a"},
        {"theme": "a", "text": " "},
        {"theme": "a\nb", "text": "a"},
        {"theme": "a", "text": "a\x00"},
        {"theme": "a", "text": "a" * 20_001},
        {"theme": "a", "text": "a", "status": "approved"},
        {"theme": 1, "text": ["a"]},
    ],
)
async def test_what_are_no_words_are_refused(office: OpenIntake, body: Any) -> None:
    await decided(office)
    letter = await only_letter(office.service)
    assert (await do(office.service, letter, "words", body=body)).status_code == 422
    assert await only_letter(office.service) == letter


async def test_a_letter_that_is_not_there_is_unknown(office: OpenIntake) -> None:
    nothing = {"id": UUID(int=9), "version": 1}
    deeds = {"approval": None, "posting": None, "words": {"theme": "a", "text": "a"}, "discard": {"reason": "a"}}
    for deed, body in deeds.items():
        assert slug(await do(office.service, nothing, deed, body=body)) == (404, "unknown-letter")
    for path in ("/api/v1/letters/", "/letters/"):
        assert (await office.service.get(f"{path}{UUID(int=9)}", "clara")).status_code == 404


async def test_applicants_read_what_has_gone_out_to_them_and_nothing_else(office: OpenIntake) -> None:
    application = await decided(office)
    letter = await only_letter(office.service)
    query = f"?application_id={application['id']}"
    paths = (f"/api/v1/letters/{letter['id']}", f"/letters/{letter['id']}", f"/letters/{letter['id']}/document")
    assert await listed(office.service, "anna") == await listed(office.service, "anna", query) == []
    empty = await office.service.get("/letters", "anna", language="en")
    assert ("as soon as it is sent" in empty.text, "a draft" in empty.text) == (True, False)
    assert [(await office.service.get(path, "anna")).status_code for path in paths] == [404] * 3
    await do(office.service, letter, "approval")
    assert [each["id"] for each in await listed(office.service, "anna")] == [letter["id"]]
    assert [each["id"] for each in await listed(office.service, "anna", query)] == [letter["id"]]
    assert [(await office.service.get(path, "anna")).status_code for path in paths] == [200] * 3
    assert await listed(office.service, cast.LEADER) == await listed(office.service, cast.LEADER, query) == []
    assert [(await office.service.get(path, cast.LEADER)).status_code for path in paths] == [404] * 3


async def test_who_applied_together_reads_the_letter_too(office: OpenIntake) -> None:
    await decided(office)
    letter = await only_letter(office.service)
    await do(office.service, letter, "approval")
    async with office.service.database.work() as work:
        await work.session.execute(text("update intake.application set partners = '[\"local:ida\"]'"))
        await work.commit()
    assert [each["id"] for each in await listed(office.service, "ida")] == [letter["id"]]
    assert (await office.service.get(f"/letters/{letter['id']}/document", "ida")).status_code == 200


async def test_only_caseworkers_change_and_approve(office: OpenIntake) -> None:
    await decided(office)
    letter = await only_letter(office.service)
    for name in (None, *everybody_but("caseworker")):
        for deed in ("approval", "words", "discard"):
            answer = await office.service.post(f"/api/v1/letters/{letter['id']}/{deed}", None, name, if_match='"1"')
            assert answer.status_code in {401, 403}
    assert await only_letter(office.service) == letter


async def test_the_pdf_is_a_file_and_never_a_page(office: OpenIntake) -> None:
    await decided(office)
    letter = await only_letter(office.service)
    answer = await office.service.get(f"/letters/{letter['id']}/document", "clara")
    assert answer.headers["Content-Type"] == "application/pdf"
    named = r'attachment; filename="brev-vordingborg-\d{4}-\d{2}-\d{2}\.pdf"'
    assert re.fullmatch(named, answer.headers["Content-Disposition"])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


# What the rules turn away


async def refused(office: OpenIntake, *kinds: str, **wish: Any) -> str:
    """The id of an application that the rules turn away, and of which the letters have heard."""
    body = office.long_course(*kinds or ("nursery", "kindergarten"), contact=CONTACT, **wish)
    answer = await office.service.post("/api/v1/applications", body, "anna")
    assert slug(answer) == (422, "application-refused")
    await happened(office.service)
    return str(answer.json()["application_id"])


async def test_a_refusal_by_rules_becomes_a_draft_that_names_them_by_daycare(office: OpenIntake) -> None:
    id = await refused(office, "kindergarten")
    letter = await only_letter(office.service)
    theme = "Afvist efter reglerne: Længerevarende rådgivningsforløb, Vordingborg"
    assert (letter["application_id"], letter["kind"], letter["theme"]) == (id, "refusal", theme)
    assert letter["status"] == "draft"
    name = cast.KINDERGARTEN["name"]
    _, _, reasons = letter["text"].partition("Disse regler er ikke opfyldt:\n\n")
    assert reasons.split("\n\n")[:4] == [
        "Ansøgningen som helhed:",
        "– Antallet af dagtilbud er 1, men programtypen er for 2 til 5 dagtilbud.",
        f"{name}:",
        f"– {name} har kun børn fra 3 til 6 år, men programtypen er for dagtilbud med børn under 3 år.",
    ]
    approved = (await do(office.service, letter, "approval")).json()
    (mail,) = await mails(office.service)
    assert (approved["delivery"], mail.address) == ("email-waits", CONTACT["email"])
    journal = (await office.service.get("/letters?lang=en", "clara")).text
    assert theme in journal


async def let_in(office: OpenIntake, id: str) -> None:
    verdict = {"rule": "young_children", "daycare_id": office.daycares["kindergarten"]}
    body = {"verdicts": [verdict], "reason": "Det eneste på øen."}
    answer = await office.service.post(f"/api/v1/applications/{id}/override", body, "clara", if_match='"1"')
    assert answer.status_code == 200, answer.text
    await happened(office.service)


async def test_a_refusal_that_needs_no_letter_rests_with_a_reason(office: OpenIntake) -> None:
    await refused(office)
    letter = await only_letter(office.service)
    for body in ({}, {"reason": " "}, {"reason": "a" * 501}, {"reason": "a", "by": "david"}):
        assert (await do(office.service, letter, "discard", body=body)).status_code == 422
    assert await only_letter(office.service) == letter
    reason = {"reason": "Anna ringede og har fået svar"}
    rests = (await do(office.service, letter, "discard", body=reason)).json()
    assert {name: rests[name] for name in ("status", "discarded_by", "discard_reason", "version")} == {
        "status": "discarded",
        "discarded_by": "local:clara",
        "discard_reason": reason["reason"],
        "version": 2,
    }
    assert await only_letter(office.service) == rests
    assert slug(await do(office.service, letter, "discard", body=reason)) == (412, "stale-version")
    deeds: dict[str, Any] = {"discard": reason, "approval": None, "words": {"theme": "a", "text": "a"}}
    for deed, body in deeds.items():
        assert slug(await do(office.service, rests, deed, body=body)) == (409, "letter-not-draft")
    assert await mails(office.service) == []
    assert await listed(office.service, "anna") == []


async def test_an_acceptance_is_told_of_though_the_agreement_has_been_signed_meanwhile(office: OpenIntake) -> None:
    application = await office.submitted(contact=CONTACT)
    path = f"/api/v1/applications/{application['id']}/acceptance"
    accepted = await office.service.post(path, {"reason": "a"}, "clara", if_match='"1"')
    assert accepted.status_code == 200, accepted.text
    async with office.service.database.work() as work:
        await work.session.execute(text("update intake.application set status = 'agreed'"))
        await work.commit()
    await happened(office.service)
    letter = await only_letter(office.service)
    assert (letter["kind"], letter["status"]) == ("acceptance", "draft")


async def test_what_somebody_has_decided_goes_out(office: OpenIntake) -> None:
    await decided(office)
    letter = await only_letter(office.service)
    assert slug(await do(office.service, letter, "discard", body={"reason": "a"})) == (409, "letter-must-go-out")
    assert await only_letter(office.service) == letter
    page = await office.service.get(f"/letters/{letter['id']}", "clara")
    assert f"/letters/{letter['id']}/discard" not in forms_of(page.text)


async def test_a_letter_is_let_rest_on_its_page(office: OpenIntake) -> None:
    await refused(office)
    letter = await only_letter(office.service)
    path, clara = f"/letters/{letter['id']}", Browser(office.service)
    await clara.sign_in("clara")
    empty = await clara.send(await clara.open(f"{path}?lang=en"), f"{path}/discard", reason="")
    assert empty.status_code == 422
    assert 'href="#reason"' in empty.text
    stale = await clara.send(empty, f"{path}/discard", reason="a", version="no number")
    assert stale.status_code == 422
    answer = await clara.send(empty, f"{path}/discard", reason="Svaret i telefonen <b>")
    page = await clara.follow(answer)
    assert "Let rest by</dt>" in page.text
    assert "Svaret i telefonen &lt;b&gt;" in page.text
    assert {f"{path}/discard", f"{path}/approval"}.isdisjoint(forms_of(page.text))
    assert "Not to be sent" in (await clara.open("/letters?lang=en")).text


async def test_what_is_let_in_all_the_same_is_not_told_that_it_is_refused(office: OpenIntake) -> None:
    await let_in(office, await refused(office))
    assert [(each["kind"], each["status"]) for each in await listed(office.service)] == [("refusal", "superseded")]


async def test_what_was_let_in_before_anything_was_written_gets_no_letter(office: OpenIntake) -> None:
    wish = office.long_course("nursery", "kindergarten", contact=CONTACT)
    id = str((await office.service.post("/api/v1/applications", wish, "anna")).json()["application_id"])
    await let_in(office, id)
    facts = [data for name, data in await office.service.published() if name == "ApplicationRefused"]
    await office.service.happen(on, *(ApplicationRefused.model_validate(each) for each in facts))
    assert await listed(office.service) == []


async def test_whoever_withdraws_is_not_told_that_they_wait(office: OpenIntake) -> None:
    application = await decided(office, "waiting")
    path = f"/api/v1/applications/{application['id']}/withdrawal"
    assert (await office.service.post(path, None, "anna", if_match='"2"')).status_code == 200
    await happened(office.service)
    assert [(each["kind"], each["status"]) for each in await listed(office.service)] == [("waiting", "superseded")]


async def closed(office: OpenIntake) -> None:
    await office.service.happen(on, RoundClosed(round_id=office.round["id"], programme="long-course"))


async def test_what_is_sealed_is_written_about_once_when_its_round_has_closed(
    office: OpenIntake, tmp_path: Path
) -> None:
    content = (PROGRAMMES / "long-course.yaml").read_text()
    sealed = content.replace("    intake: rounds\n", "    intake: rounds\n    sealed: true\n")
    (tmp_path / "long-course.yaml").write_text(sealed)
    await publish_programmes(office.service.database, tmp_path)
    ids = {await refused(office), await refused(office, "kindergarten")}
    await closed(office)  # told too early, such as when the round has been extended meanwhile
    assert await office.service.rows("letter") == 0
    office.service.clock.move_to(datetime.fromisoformat(office.round["closes_at"]))
    for _ in range(2):
        await closed(office)
    letters = await listed(office.service)
    assert {each["application_id"] for each in letters} == ids
    assert [(each["kind"], each["status"]) for each in letters] == [("refusal", "draft")] * 2


async def test_a_refusal_that_is_heard_of_after_the_end_of_its_round_writes_no_second_letter(
    office: OpenIntake,
) -> None:
    office.service.clock.move_to(datetime.fromisoformat(office.round["closes_at"]))
    wish = office.long_course(contact=CONTACT)
    assert (await office.service.post("/api/v1/applications", wish, "anna")).status_code == 422
    await closed(office)
    before = await listed(office.service)
    assert [(each["kind"], each["status"]) for each in before] == [("refusal", "draft")]
    for _ in range(2):
        await happened(office.service)
    assert await listed(office.service) == before


async def test_the_end_of_a_round_writes_no_second_letter(office: OpenIntake) -> None:
    await refused(office)
    before = await listed(office.service)
    office.service.clock.move_to(datetime.fromisoformat(office.round["closes_at"]))
    await closed(office)
    assert await listed(office.service) == before


# As pages


async def test_a_letter_is_changed_and_approved_on_pages(office: OpenIntake) -> None:
    application = await decided(office)
    letter = await only_letter(office.service)
    path = f"/letters/{letter['id']}"
    clara = Browser(office.service)
    await clara.sign_in("clara")
    shown = await clara.open(f"/applications/{application['id']}")
    assert f'href="/letters?application_id={application["id"]}"' in shown.text
    assert f'href="{path}"' in (await clara.open(f"/letters?application_id={application['id']}&lang=en")).text
    form = await clara.open(path)
    empty = await clara.send(form, f"{path}/words", theme="", text="Kept as typed")
    assert (empty.status_code, "theme-error" in empty.text, ">Kept as typed<" in empty.text) == (422, True, True)
    form = await clara.follow(await clara.send(form, f"{path}/words", theme="Afslag", text="Kære <b>Anna</b>"))
    assert "Kære &lt;b&gt;Anna&lt;/b&gt;" in form.text
    done = await clara.follow(await clara.send(form, f"{path}/approval"))
    assert [action for action in forms_of(done.text) if action.startswith("/letters")] == []
    assert "The e-mail waits to be sent" in done.text
    again = await clara.send(form, f"{path}/approval")
    assert again.status_code == 412


async def test_what_was_typed_into_a_letter_that_has_gone_is_there_to_be_copied(office: OpenIntake) -> None:
    await decided(office)
    path = f"/letters/{(await only_letter(office.service))['id']}"
    clara = Browser(office.service)
    await clara.sign_in("clara")
    form = await clara.open(path)
    shown = fields_of(form.text)
    mistaken = await clara.http.post(f"{path}/words", data=shown | {"theme": ""})
    assert (mistaken.status_code, fields_of(mistaken.text)["theme"]) == (422, "")
    assert (await clara.http.post(f"{path}/approval", data=shown)).status_code == 303
    stale = await clara.http.post(f"{path}/words", data=shown | {"theme": "En bedre overskrift"})
    assert (stale.status_code, "En bedre overskrift" in stale.text) == (412, True)
    assert ("Det er ikke gemt." in stale.text, "er her stadig" in stale.text) == (True, False)
    assert re.search(r"Godkendt: [^<]*, Clara", stale.text)


async def test_the_journal_takes_as_many_queries_with_fifty_letters_as_with_one(office: OpenIntake) -> None:
    await decided(office)
    letter = await only_letter(office.service)
    counts = []
    for more in (0, 49):
        async with office.service.database.work() as work:
            same = (await work.session.get_one(LetterRow, UUID(letter["id"]))).model_dump()
            for number in range(more):
                work.session.add(LetterRow(**same | {"id": UUID(int=number + 1)}))
            await work.commit()
        async with office.service.statements() as sent:
            assert (await office.service.get("/letters", "clara")).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]
