"""Two people, or two tabs, at the same form: neither undoes what the other did, and the page says how it stands now."""

from datetime import datetime, timedelta
from typing import Any

from draft_cases import Writing
from gathering_cases import OpenGathering, ids_in
from service_under_test import Browser, OpenIntake, ServiceUnderTest

from shared.office import office_date
from shared.web.filled import fields_of

TAKEN_OVER = "En anden, eller du selv på en anden side, har ændret dette. Her vises, hvordan det står nu."


async def tab(browser: Browser, path: str, **changes: str) -> dict[str, Any]:
    """A form as a browser sends it, with what somebody typed into it."""
    return fields_of((await browser.open(path)).text) | changes


async def test_a_form_that_has_grown_old_takes_over_what_a_colleague_changed(
    intake_service: ServiceUnderTest,
) -> None:
    gathering = await OpenGathering.of(intake_service)
    lone, path = Browser(intake_service), f"/gatherings/{gathering.id}/change"
    await lone.sign_in("lone")
    first = await tab(lone, path, town="Sisimiut", reason="Snow")
    second = await tab(lone, path, title_da="En anden titel")
    third = await tab(lone, path, town="Nuuk", reason="More snow")
    assert (await lone.http.post(path, data=first)).status_code == 303
    stale = await lone.http.post(path, data=second)
    shown = fields_of(stale.text)
    assert (stale.status_code, shown["town"], shown["title_da"]) == (412, "Sisimiut", "En anden titel")
    assert TAKEN_OVER in stale.text
    both = await lone.http.post(path, data=third)
    assert (fields_of(both.text)["town"], "Sådan står det nu: Sisimiut" in both.text) == ("Nuuk", True)
    assert (await lone.http.post(path, data=shown)).status_code == 303
    after = (await intake_service.get(gathering.path, None)).json()
    assert (after["venue"]["town"], after["title"]["da"]) == ("Sisimiut", "En anden titel")


async def test_nobody_has_written_what_the_page_had_shown(intake_service: ServiceUnderTest) -> None:
    gathering = await OpenGathering.of(intake_service)
    lone, path = Browser(intake_service), f"/gatherings/{gathering.id}/change"
    await lone.sign_in("lone")
    first = await tab(lone, path, address="Havnen 1", town="Sisimiut", reason="Snow")
    second = await tab(lone, path, title_da="En anden titel")
    assert (await lone.http.post(path, data=first)).status_code == 303
    stale = await lone.http.post(path, data=second)
    assert (stale.status_code, "Det, du havde skrevet" in stale.text) == (412, False)


async def test_a_first_draft_that_was_saved_elsewhere_is_not_emptied(intake_service: ServiceUnderTest) -> None:
    path = f"/assessments/{(await (await OpenIntake.of(intake_service)).submitted())['id']}"
    mads = Browser(intake_service)
    await mads.sign_in("mads")
    assert (await mads.http.post(f"{path}/taking", data=await tab(mads, path))).status_code == 303
    first = await tab(mads, path, remark_need="Well shown.", points_need="2")
    second = await tab(mads, path, remark_motivation="Far.")
    assert (await mads.http.post(f"{path}/draft", data=first)).status_code == 303
    stale = await mads.http.post(f"{path}/draft", data=second)
    shown = fields_of(stale.text)
    assert (stale.status_code, shown["remark_need"], shown["points_need"], shown["remark_motivation"]) == (
        412,
        "Well shown.",
        "2",
        "Far.",
    )
    assert stale.text.count(TAKEN_OVER) == 2


async def agreement_of(office: OpenIntake) -> str:
    id = (await office.submitted())["id"]
    await office.service.post(f"/api/v1/applications/{id}/acceptance", None, "clara", if_match='"1"')
    drafted = await office.service.post("/api/v1/agreements", {"application_id": id}, "clara")
    return f"/agreements/{drafted.json()['id']}"


async def test_an_agreement_is_not_moved_back_either(intake_service: ServiceUnderTest) -> None:
    path = await agreement_of(await OpenIntake.of(intake_service))
    clara = Browser(intake_service)
    await clara.sign_in("clara")
    start = str(office_date(intake_service.clock.now()) + timedelta(days=50))
    first, second = await tab(clara, path, starts_on=start), await tab(clara, path, hours="80")
    wrong = await tab(clara, path, hours="many")
    assert (await clara.http.post(f"{path}/terms", data=first)).status_code == 303
    stale = await clara.http.post(f"{path}/terms", data=second)
    shown = fields_of(stale.text)
    assert (stale.status_code, shown["starts_on"], shown["hours"]) == (412, start, "80")
    mistaken = await clara.http.post(f"{path}/terms", data=wrong)
    assert mistaken.status_code == 422
    mended = await clara.http.post(f"{path}/terms", data=fields_of(mistaken.text) | {"hours": "90"})
    assert (mended.status_code, fields_of(mended.text)["starts_on"]) == (412, start)
    assert (await clara.http.post(f"{path}/terms", data=shown)).status_code == 303
    terms = (await intake_service.get(f"/api/v1{path}", "clara")).json()
    assert (terms["starts_on"], terms["hours"]) == (start, 80)


async def test_what_was_kept_in_another_notation_is_not_said_to_be_lost(intake_service: ServiceUnderTest) -> None:
    anna = Writing(await OpenIntake.of(intake_service))
    assert (await anna.begin(programme="short-course", round_id=None)).status_code == 201
    screen, path = Browser(intake_service), f"/drafts/{anna.id}"
    await screen.sign_in("anna")
    typed = await tab(screen, path, hours="37,5 timer", motivation="a" * 10_001)
    answer = await screen.http.post(path, data=typed)
    assert (answer.status_code, fields_of(answer.text)["hours"], (await anna.content_now())["hours"]) == (
        422,
        "37,5",
        37.5,
    )
    assert "Det er ikke gemt." not in answer.text


async def test_a_box_follows_what_a_colleague_noted_where_nobody_touched_it(intake_service: ServiceUnderTest) -> None:
    gathering = await OpenGathering.of(intake_service)
    await gathering.register(1, 3)
    intake_service.clock.move_to(datetime.fromisoformat(f"{gathering.cohort['starts_on']}T14:00:00+00:00"))
    lone, path = Browser(intake_service), f"/gatherings/{gathering.id}/attendance"
    await lone.sign_in("lone")
    a, b, c = ids_in((await lone.open(path)).text, 'id="present-')
    assert (await lone.http.post(path, data=await tab(lone, path) | {"present": [a, b]})).status_code == 303
    first, second = await tab(lone, path) | {"present": [b]}, await tab(lone, path) | {"present": [a, b, c]}
    assert (await lone.http.post(path, data=first)).status_code == 303
    stale = await lone.http.post(path, data=second)
    assert (stale.status_code, sorted(fields_of(stale.text)["present"])) == (412, sorted([b, c]))
    assert [f'id="present-{each}-box-now">{TAKEN_OVER}' in stale.text for each in (a, b, c)] == [True, False, False]


async def test_a_tick_that_was_taken_away_stays_away(intake_service: ServiceUnderTest) -> None:
    gathering = await OpenGathering.of(intake_service)
    await gathering.register(1, 2)
    intake_service.clock.move_to(datetime.fromisoformat(f"{gathering.cohort['starts_on']}T14:00:00+00:00"))
    lone, path = Browser(intake_service), f"/gatherings/{gathering.id}/attendance"
    await lone.sign_in("lone")
    empty = await tab(lone, path)
    people = ids_in((await lone.open(path)).text, 'id="present-')
    assert (len(people), empty["present"]) == (2, [])
    assert (await lone.http.post(path, data=empty | {"present": people})).status_code == 303
    both = await tab(lone, path)
    assert sorted(both["present"]) == sorted(people)
    one, none = both | {"present": people[:1]}, both | {"present": []}
    assert (await lone.http.post(path, data=one)).status_code == 303
    stale = await lone.http.post(path, data=none)
    assert (stale.status_code, fields_of(stale.text)["present"]) == (412, [])
    lone.http.cookies.delete("praksis_session")
    referer = {"Referer": f"http://praksis.test{path}"}
    refused = await lone.http.post(path, data=none, headers=referer)
    assert refused.status_code == 401
    signed = await lone.http.post("/sign-in", data=fields_of(refused.text) | {"name": "lone"})
    shown = await lone.http.post(path, data=fields_of(signed.text))
    assert (shown.status_code, fields_of(shown.text)["present"]) == (422, [])
    assert "Det, du har skrevet, er ikke sendt endnu." in shown.text
