"""Pages with several buttons, and with several people at them: what is typed is used, or kept and said to be unused."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from gathering_cases import OpenGathering
from service_under_test import Browser, OpenIntake, ServiceUnderTest, forms_of, publish_real_programmes

from intake.letters.handlers import on
from shared.contracts.intake.applications import ApplicationDeclined, ApplicationRefused

UNUSED = "trykket på en knap, der ikke bruger det"
MOTIVE = "Vi har ikke plads før til marts, & så er der <b>syv</b> foran."
SHOWN = "Vi har ikke plads før til marts, &amp; så er der &lt;b&gt;syv&lt;/b&gt; foran."


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def signed_in(service: ServiceUnderTest, name: str) -> Browser:
    browser = Browser(service)
    await browser.sign_in(name)
    return browser


async def letter_about_a_decline(office: OpenIntake) -> str:
    id = (await office.submitted())["id"]
    path = f"/api/v1/applications/{id}/declination"
    await office.service.post(path, {"reason": "Nej."}, "clara", if_match='"1"')
    facts = [data for name, data in await office.service.published() if name == "ApplicationDeclined"]
    await office.service.happen(on, *(ApplicationDeclined.model_validate(each) for each in facts))
    return await only_letter(office)


async def only_letter(office: OpenIntake) -> str:
    (letter,) = (await office.service.get("/api/v1/letters", "clara")).json()
    return str(letter["id"])


async def read(office: OpenIntake, id: str) -> dict[str, Any]:
    letter: dict[str, Any] = (await office.service.get(f"/api/v1/letters/{id}", "clara")).json()
    return letter


# Letters


async def test_the_letter_that_goes_out_is_the_one_in_the_form(office: OpenIntake) -> None:
    id = await letter_about_a_decline(office)
    clara = await signed_in(office.service, "clara")
    page = await clara.open(f"/letters/{id}")
    answer = await clara.send(page, f"/letters/{id}/approval", theme="Om jeres ansøgning", text=MOTIVE)
    assert answer.status_code == 303
    sent = await read(office, id)
    assert (sent["status"], sent["theme"], sent["text"]) == ("approved", "Om jeres ansøgning", MOTIVE)


async def test_a_letter_without_a_text_is_not_approved_and_keeps_its_subject(office: OpenIntake) -> None:
    id = await letter_about_a_decline(office)
    clara = await signed_in(office.service, "clara")
    page = await clara.open(f"/letters/{id}")
    answer = await clara.send(page, f"/letters/{id}/approval", theme="Nyt emne", text="")
    assert (answer.status_code, 'value="Nyt emne"' in answer.text, "text-error" in answer.text) == (422, True, True)
    assert (await read(office, id))["status"] == "draft"


async def test_the_second_who_writes_a_letter_gets_both_texts_back_and_goes_on(office: OpenIntake) -> None:
    id = await letter_about_a_decline(office)
    clara = await signed_in(office.service, "clara")
    page = await clara.open(f"/letters/{id}")
    first = {"theme": "Første emne", "text": "Den første skrev dette."}
    await office.service.post(f"/api/v1/letters/{id}/words", first, "clara", if_match='"1"')
    for button in ("words", "approval"):
        back = await clara.send(page, f"/letters/{id}/{button}", theme="Mit emne", text=MOTIVE)
        assert back.status_code == 412
        assert [each in back.text for each in (SHOWN, "Den første skrev dette.", "Siden viser, hvordan")] == [True] * 3
    assert (await clara.send(back, f"/letters/{id}/words", theme="Mit emne", text=MOTIVE)).status_code == 303
    assert (await read(office, id))["text"] == MOTIVE


async def test_a_reason_to_let_a_letter_rest_is_not_thrown_away_by_approving_it(office: OpenIntake) -> None:
    await office.service.post("/api/v1/applications", office.long_course("nursery", "kindergarten"), "anna")
    facts = [data for name, data in await office.service.published() if name == "ApplicationRefused"]
    await office.service.happen(on, *(ApplicationRefused.model_validate(each) for each in facts))
    id = await only_letter(office)
    clara = await signed_in(office.service, "clara")
    page = await clara.open(f"/letters/{id}")
    typed = {"theme": "Emne", "text": MOTIVE, "reason": "Anna ringede selv"}
    back = await clara.send(page, f"/letters/{id}/approval", **typed)
    assert (back.status_code, UNUSED in back.text, SHOWN in back.text) == (422, True, True)
    assert 'value="Anna ringede selv"' in back.text
    assert (await clara.send(page, f"/letters/{id}/discard", **typed)).status_code == 303
    rests = await read(office, id)
    assert (rests["status"], rests["text"], rests["discard_reason"]) == ("discarded", MOTIVE, "Anna ringede selv")


# Decisions


@pytest.mark.parametrize("deed", ["declination", "waiting"])
async def test_the_second_of_two_deciders_keeps_the_reason_and_reads_what_the_first_decided(
    office: OpenIntake, deed: str
) -> None:
    path = f"/applications/{(await office.submitted())['id']}"
    clara = await signed_in(office.service, "clara")
    page = await clara.open(path)
    first = {"reason": "Alle pladser er givet."}
    await office.service.post(f"/api/v1{path}/declination", first, "clara", if_match='"1"')
    back = await clara.send(page, f"{path}/{deed}", **{f"{deed}_reason": MOTIVE})
    assert back.status_code == 412
    told = back.text.partition('id="returned-title"')[2].partition("</main>")[0]
    assert [each in told for each in ("Afslået", "Alle pladser er givet.", "Clara", SHOWN)] == [True] * 4


async def test_a_reason_in_the_field_of_another_button_is_kept_and_nothing_is_decided(office: OpenIntake) -> None:
    path = f"/applications/{(await office.submitted())['id']}"
    clara = await signed_in(office.service, "clara")
    page = await clara.open(path)
    back = await clara.send(page, f"{path}/acceptance", declination_reason=MOTIVE)
    assert (back.status_code, UNUSED in back.text, SHOWN in back.text) == (422, True, True)
    both = await clara.send(page, f"{path}/declination", waiting_reason=MOTIVE)
    assert (both.status_code, both.text.count("form-error-message"), SHOWN in both.text) == (422, 2, True)
    assert (await office.service.get(f"/api/v1{path}", "clara")).json()["status"] == "submitted"
    assert (await clara.send(page, f"{path}/declination", declination_reason=MOTIVE)).status_code == 303


async def test_what_is_prepared_half_is_not_thrown_away_by_a_release(office: OpenIntake) -> None:
    id, path = (await office.submitted())["id"], f"/releases/{office.round['id']}"
    clara = await signed_in(office.service, "clara")
    chosen = {"applications": f"{id}/1", "outcome": "decline", "reason": "Nej."}
    page = await clara.follow(await clara.send(await clara.open(path), f"{path}/preparations", **chosen))
    back = await clara.send(page, f"{path}/release", reason=MOTIVE)
    assert (back.status_code, UNUSED in back.text, SHOWN in back.text) == (422, True, True)
    assert (await office.service.get(f"/api/v1/applications/{id}", "clara")).json()["status"] == "submitted"
    assert (await clara.send(page, f"{path}/release")).status_code == 303


async def test_nobody_signs_other_terms_than_those_in_the_form(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    await office.service.post(f"/api/v1/applications/{id}/acceptance", None, "clara", if_match='"1"')
    agreement = (await office.service.post("/api/v1/agreements", {"application_id": id}, "clara")).json()
    path, clara = f"/agreements/{agreement['id']}", await signed_in(office.service, "clara")
    page = await clara.open(path)
    there: Mapping[str, str] = {"starts_on": agreement["starts_on"], "hours": str(agreement["hours"] or "")}
    back = await clara.send(page, f"{path}/signature", **dict(there) | {"hours": "12"})
    assert (back.status_code, "hours-error" in back.text, 'value="12"' in back.text) == (422, True, True)
    assert (await office.service.get(f"/api/v1{path}", "clara")).json()["signatures"] == []
    assert (await clara.send(page, f"{path}/signature", **there)).status_code == 303


async def test_scores_are_still_there_when_stepping_back_needs_a_reason(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    await office.service.post(f"/api/v1/assessments/{id}/taking", None, "mads")
    mads = await signed_in(office.service, "mads")
    page = await mads.open(f"/assessments/{id}")
    back = await mads.send(page, f"/assessments/{id}/conflict", remark_need=MOTIVE, points_need="2")
    assert (back.status_code, "conflict-error" in back.text, SHOWN in back.text) == (422, True, True)
    kept = await mads.send(page, f"/assessments/{id}/draft", remark_need=MOTIVE, conflict="Min søster")
    assert (kept.status_code, UNUSED in kept.text, SHOWN in kept.text, "Min søster" in kept.text) == (422, *[True] * 3)


async def test_a_code_for_late_entry_leaves_the_extension_as_it_was_typed(office: OpenIntake) -> None:
    path, david = f"/rounds/{office.round['id']}", await signed_in(office.service, "david")
    page = await david.open(path)
    later = str(office.service.clock.now().date() + timedelta(days=60))
    typed = {"deadline": later, "reason": MOTIVE, "municipality": "0390"}
    code = await david.send(page, f"{path}/late-entries", **typed, _taken="1")
    assert (code.status_code, f'value="{later}"' in code.text, SHOWN in code.text) == (200, True, True)
    back = await david.send(page, f"{path}/extension", **typed)
    assert (back.status_code, UNUSED in back.text, SHOWN in back.text) == (422, True, True)
    alone = await david.send(page, f"{path}/late-entries", municipality="0390", _taken="1")
    assert ["praksis_taken_1" in each.cookies for each in (code, back, alone)] == [False, False, True]


# Gatherings


async def test_who_comes_is_still_there_when_there_are_more(intake_service: ServiceUnderTest) -> None:
    await publish_real_programmes(intake_service.database)
    gathering = await OpenGathering.another(intake_service)
    stranger, path = Browser(intake_service), f"/gatherings/{gathering.id}"
    page = await stranger.open(path)
    action = next(each for each in forms_of(page.text) if each.startswith(f"{path}/people"))
    typed = {"number": "2", "name": "Åse", "email": "aase@example.org", "name-1": "Åse", "needs-1": MOTIVE}
    more = await stranger.send(page, action, **typed)
    assert (more.status_code, more.text.count("<legend")) == (200, 2)
    assert ('value="aase@example.org"' in more.text, SHOWN in more.text) == (True, True)
    assert forms_of(more.text)[action]["people"] == "2"
