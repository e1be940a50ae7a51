"""Intake's API, as its users meet it."""

import asyncio
import unicodedata
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
from service_under_test import DAYCARES, OpenIntake, ServiceUnderTest

from shared.municipalities import municipalities
from shared.office import office_date

APPLY = "/api/v1/applications"
YEAR = datetime.now(UTC).year + 2
"""Near enough to be planned for."""
DAYCARE = DAYCARES["nursery"]
PUBLISHED_BEFORE = 9
"""Eight programmes and a round are in the log when an intake is open."""


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def apply(office: OpenIntake, wish: object, name: str = "anna", **options: Any) -> httpx.Response:
    return await office.service.post(APPLY, wish, name, **options)


async def accept(office: OpenIntake, id: str, version: str = '"1"', **options: Any) -> httpx.Response:
    return await office.service.post(f"{APPLY}/{id}/acceptance", None, "clara", if_match=version, **options)


async def told(office: OpenIntake) -> list[tuple[str, dict[str, Any]]]:
    """What intake has published since it opened."""
    return (await office.service.published())[PUBLISHED_BEFORE:]


def today(office: OpenIntake) -> str:
    return str(office_date(office.service.clock.now()))


# Daycares and municipalities


async def test_a_daycare_is_registered_and_listed(intake_service: ServiceUnderTest) -> None:
    answer = await intake_service.post("/api/v1/daycares", DAYCARE, "anna")
    assert answer.status_code == 201
    unsaid = {"cvr": None, "address": None, "end": None}
    assert answer.json() == DAYCARE | {"id": answer.json()["id"], "version": 1} | unsaid
    assert answer.headers["Location"] == f"/api/v1/daycares/{UUID(answer.json()['id'])}"
    listed = await intake_service.get("/api/v1/daycares", "anna")
    assert listed.json() == [answer.json()]


async def test_a_registered_daycare_is_found_where_the_answer_says(intake_service: ServiceUnderTest) -> None:
    answer = await intake_service.post("/api/v1/daycares", DAYCARE, "anna")
    found = await intake_service.get(answer.headers["Location"], "anna")
    assert (found.status_code, found.json()) == (200, answer.json())


async def test_an_opened_round_is_found_where_the_answer_says(office: OpenIntake) -> None:
    wish = {"programme": "long-course", "opens_on": today(office), "deadline": f"{YEAR}-11-03"}
    answer = await office.service.post("/api/v1/rounds", wish, "david")
    found = await office.service.get(answer.headers["Location"], "david")
    assert (found.status_code, found.json()) == (200, answer.json())


NAMES = (
    "Vuggestuen Æblehaven på Ærø",
    "Meeqqerivik Nuniaffik",
    "Детский сад «Солнышко»",
    "Παιδικός σταθμός",
    "روضة الأطفال",
    "גן ילדים",
    "幼稚園ひまわり",
    "해바라기 유치원",
    "บ้านเด็ก",
    "बालवाड़ी",
    "குழந்தைகள் இல்லம்",
    "Бал\u0306чок",
    "A\u030angstro\u0308m",
    "👩‍👧‍👦 Børnehuset",
    "O'Neill & <søn>",
    "x" * 200,
)


async def test_a_name_in_any_script_comes_back_composed_and_otherwise_unchanged(
    intake_service: ServiceUnderTest,
) -> None:
    for number, name in enumerate(NAMES):
        daycare = DAYCARE | {"p_number": f"{number:010}", "name": f"  {name} "}
        assert (await intake_service.post("/api/v1/daycares", daycare, "anna")).status_code == 201
    listed = (await intake_service.get("/api/v1/daycares", "anna")).json()
    names = {each["p_number"]: each["name"] for each in listed}
    assert names == {f"{number:010}": unicodedata.normalize("NFC", name) for number, name in enumerate(NAMES)}


async def test_an_applicant_sees_the_daycares_of_their_own_municipality(office: OpenIntake) -> None:
    listed = {}
    for name in ("anna", "bo", "ingrid", "clara", "david", "hanne"):
        answer = await office.service.get("/api/v1/daycares", name)
        listed[name] = [each["name"] for each in answer.json()]
    vordingborg = ["Børnehaven Fyrtårnet", "Børnehuset Skovbrynet", "Dagplejen Vest", "Vuggestuen Havblik"]
    odense = ["Den private vuggestue Æblehaven"]
    everywhere = sorted([*vordingborg, *odense])
    assert listed == {
        "anna": vordingborg,
        "bo": odense,
        "ingrid": [],
        "clara": everywhere,
        "david": everywhere,
        "hanne": everywhere,
    }


async def test_a_daycare_of_another_municipality_is_not_found(office: OpenIntake) -> None:
    path = f"/api/v1/daycares/{office.daycares['private']}"
    found = {name: (await office.service.get(path, name)).status_code for name in ("anna", "ingrid", "bo", "clara")}
    assert found == {"anna": 404, "ingrid": 404, "bo": 200, "clara": 200}


async def test_what_is_not_registered_is_not_found(office: OpenIntake) -> None:
    for path, slug in (
        (f"/api/v1/daycares/{uuid4()}", "unknown-daycare"),
        (f"/api/v1/rounds/{uuid4()}", "unknown-round"),
    ):
        answer = await office.service.get(path, "clara")
        assert (answer.status_code, answer.json()["type"]) == (404, f"/problems/{slug}")


async def test_two_who_register_one_p_number_at_once_register_it_once(intake_service: ServiceUnderTest) -> None:
    answers = await asyncio.gather(
        *(intake_service.post("/api/v1/daycares", DAYCARE, name) for name in ("anna", "hanne"))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert await intake_service.rows("daycare") == 1


async def test_every_municipality_is_listed_to_everybody(intake_service: ServiceUnderTest) -> None:
    listed = await intake_service.get("/api/v1/municipalities", None)
    stands = {"merged_into": None, "merged_on": None}
    assert listed.json() == [asdict(each) | stands for each in municipalities().values()]
    assert len(listed.json()) == 98 + 5


# Programmes and rounds


async def test_every_version_of_every_programme_is_listed_to_everybody(office: OpenIntake) -> None:
    listed = await office.service.get("/api/v1/programmes", None)
    shown = [
        (each["slug"], each["version"], each["intake"], each["valid_from"], each["valid_until"], each["hour_cap"])
        for each in listed.json()
    ]
    assert shown == [
        ("learning-day", 1, "registration", "2021-01-01", None, None),
        ("long-course", 1, "rounds", "2021-01-01", None, None),
        ("mini-course", 1, "rolling", "2017-01-01", "2019-12-31", 10),
        ("national-conference", 1, "registration", "2017-01-01", "2019-12-31", None),
        ("one-year-course", 1, "rounds", "2017-01-01", "2019-01-31", None),
        ("short-course", 1, "rolling", "2021-01-01", None, 20),
        ("theme-day", 1, "registration", "2017-01-01", "2019-12-31", None),
        ("toolkit-training", 1, "registration", "2022-01-01", None, None),
    ]


@pytest.mark.parametrize("zone", ["Europe/Copenhagen", "America/Nuuk"])
async def test_a_round_is_open_from_the_first_to_the_last_second_of_local_dates(office: OpenIntake, zone: str) -> None:
    wish = {"programme": "long-course", "opens_on": f"{YEAR}-05-01", "deadline": f"{YEAR}-11-03", "zone": zone}
    opened = await office.service.post("/api/v1/rounds", wish, "hanne")
    assert opened.status_code == 201
    id = str(UUID(opened.json()["id"]))
    moments = {
        "opens_at": utc(datetime.combine(date(YEAR, 5, 1), time(), ZoneInfo(zone))),
        "closes_at": utc(datetime.combine(date(YEAR, 11, 4), time(), ZoneInfo(zone))),
    }
    assert opened.json() == {"id": id, **wish, **moments, "version": 1, "extensions": []}
    assert opened.headers["Location"] == f"/api/v1/rounds/{id}"
    listed = await office.service.get("/api/v1/rounds", None)
    assert listed.json() == [opened.json(), office.round]
    assert await told(office) == [("RoundOpened", {"round_id": id, "programme": "long-course", **moments})]


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


# Applying


async def test_an_application_that_meets_every_rule_is_submitted_with_its_verdicts(office: OpenIntake) -> None:
    wish = office.long_course("nursery", "integrated", "childminding", themes=["parents", "leadership"], hours=40)
    answer = await apply(office, wish)
    assert answer.status_code == 201
    application = answer.json()
    id = str(UUID(application["id"]))
    ids, names = wish["daycares"], [DAYCARES[kind]["name"] for kind in ("nursery", "integrated", "childminding")]

    def of_each(rule: str, *facts: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            {
                "rule": rule,
                "passed": True,
                "daycare_id": daycare,
                "facts": {"daycare": name, **fact},
                "overridden": None,
            }
            for daycare, name, fact in zip(ids, names, facts, strict=True)
        ]

    def of_all(rule: str, **facts: Any) -> dict[str, Any]:
        return {"rule": rule, "passed": True, "daycare_id": None, "facts": facts, "overridden": None}

    assert [{name: value for name, value in each.items() if name != "texts"} for each in application["verdicts"]] == [
        *of_each("municipality", *[{"municipality": "0390"}] * 3),
        of_all("round_open", opens_on=office.round["opens_on"]),
        of_all("deadline", deadline=office.round["deadline"]),
        *of_each("one_application", {}, {}, {}),
        of_all("applicant", applicant="administration"),
        of_all("daycare_count", count=3, at_least=2, at_most=5),
        *of_each("ownership", {"ownership": "municipal"}, {"ownership": "self_governing"}, {"ownership": "municipal"}),
        *of_each(
            "young_children",
            {"below": 3, "age_from": 0, "age_to": 2},
            {"below": 3, "age_from": 0, "age_to": 5},
            {"below": 3, "age_from": 0, "age_to": 2},
        ),
    ]
    assert application | {"verdicts": [], "submitted_at": None} == {
        "id": id,
        "version": 1,
        "status": "submitted",
        "programme_version": 1,
        "verdicts": [],
        "submitted_at": None,
        "decided_at": None,
        "reason": None,
        "enquiry_id": None,
        "contact": None,
        "selection": [],
        "applied_as": None,
        **wish,
        "themes": ["leadership", "parents"],
    }
    assert (answer.headers["Location"], answer.headers["ETag"]) == (f"{APPLY}/{id}", '"1"')
    shown = await office.service.get(answer.headers["Location"], "anna")
    assert (shown.json(), shown.headers["ETag"]) == (application, '"1"')
    submitted = {
        "application_id": id,
        "programme": "long-course",
        "programme_version": 1,
        "round_id": office.round["id"],
        "municipality": "0390",
        "daycares": ids,
        "on": today(office),
    }
    assert await told(office) == [("ApplicationSubmitted", submitted)]


async def test_every_verdict_has_its_sentence_in_danish_and_english(office: OpenIntake) -> None:
    application = await office.submitted()
    for verdict in application["verdicts"]:
        assert verdict["texts"].keys() == {"da", "en"}
        assert verdict["texts"]["da"] != verdict["texts"]["en"], verdict
    assert application["verdicts"][2]["texts"]["en"] == f"The round had opened on {english(office.round['opens_on'])}."


def english(day: str) -> str:
    return date.fromisoformat(day).strftime("%-d %B %Y")


async def test_a_short_course_of_twenty_hours_is_submitted_without_a_round(office: OpenIntake) -> None:
    answer = await apply(office, office.short_course(20), "bo")
    assert (answer.status_code, answer.json()["status"], answer.json()["round_id"]) == (201, "submitted", None)
    assert [(name, data["round_id"]) for name, data in await told(office)] == [("ApplicationSubmitted", None)]


async def test_a_motivation_of_ten_thousand_characters_in_lines_comes_back_composed(office: OpenIntake) -> None:
    sent = "  \tVi vil:\r\n- A\u030a\n" + "æ" * 9_987 + "\n"
    expected = "Vi vil:\n- Å\n" + "æ" * 9_987
    assert len(expected) == 9_999
    application = await office.submitted(motivation=sent)
    shown = await office.service.get(f"{APPLY}/{application['id']}", "anna")
    assert shown.json()["motivation"] == expected
    longest = office.long_course(motivation="æ" * 10_000, round_id=await office.another_round())
    assert (await apply(office, longest)).status_code == 201


@pytest.mark.parametrize(
    ("kinds", "changes", "refusals"),
    [
        pytest.param(
            ["nursery"],
            {},
            [("daycare_count", None, "The number of daycares is 1, but the programme takes from 2 to 5.")],
            id="one daycare",
        ),
        pytest.param(
            ["nursery", "kindergarten"],
            {},
            [
                (
                    "young_children",
                    "kindergarten",
                    "Børnehaven Fyrtårnet only has children aged 3 to 6; it takes children under 3 years to take part.",
                )
            ],
            id="a kindergarten for 3-6 only",
        ),
        pytest.param(
            ["nursery"],
            {"applicant_kind": "daycare"},
            [
                ("applicant", None, "The programme cannot be applied for by a single daycare."),
                ("daycare_count", None, "The number of daycares is 1, but the programme takes from 2 to 5."),
            ],
            id="a daycare alone",
        ),
        pytest.param(
            [],
            {"hours": 24},
            [("hour_cap", None, "The number of hours is 24, but the programme gives at most 20.")],
            id="a short course of 24 hours",
        ),
        pytest.param(
            [],
            {"hours": None},
            [
                (
                    "hours_stated",
                    None,
                    "The application does not say how many hours it is for; the programme gives at most 20.",
                )
            ],
            id="a short course of no stated hours",
        ),
    ],
)
async def test_an_application_against_a_rule_is_refused_stored_and_published(
    office: OpenIntake, kinds: list[str], changes: dict[str, Any], refusals: list[tuple[str, str | None, str]]
) -> None:
    name = "anna" if kinds else "bo"
    wish = office.long_course(*kinds, **changes) if kinds else office.short_course(**changes)
    before = await office.service.stored()
    answer = await apply(office, wish, name, language="en")
    problem = answer.json()
    id = str(UUID(problem["application_id"]))
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    danish = [each["texts"]["da"] for each in problem["refusals"]]
    assert problem == {
        "type": "/problems/application-refused",
        "title": "The application does not meet the rules of the programme",
        "status": 422,
        "instance": APPLY,
        "application_id": id,
        "refusals": [
            {"rule": rule, "daycare_id": kind and office.daycares[kind], "texts": {"da": da, "en": en}}
            for (rule, kind, en), da in zip(refusals, danish, strict=True)
        ],
    }
    assert not {*danish} & {"", *(en for _, _, en in refusals)}
    after = await office.service.stored()
    added = {
        "application": 1,
        "participating_daycare": len(wish["daycares"]),
        "event": 1,
        "last_sequence": 1,
        "answer": 1,
    }
    assert after == {table: rows + added.get(table, 0) for table, rows in before.items()}
    refused = {
        "application_id": id,
        "programme": wish["programme"],
        "programme_version": 1,
        "municipality": wish["municipality"],
        "rules": sorted(rule for rule, _, _ in refusals),
        "on": today(office),
    }
    assert await told(office) == [("ApplicationRefused", refused)]
    shown = (await office.service.get(f"{APPLY}/{id}", name)).json()
    failed = [verdict for verdict in shown["verdicts"] if not verdict["passed"]]
    assert (shown["id"], shown["status"]) == (id, "refused")
    assert [{name: each[name] for name in ("rule", "daycare_id", "texts")} for each in failed] == problem["refusals"]


async def test_the_round_takes_applications_to_its_last_second(office: OpenIntake) -> None:
    closes_at = datetime.fromisoformat(office.round["closes_at"])
    office.service.clock.move_to(closes_at - timedelta(seconds=20))
    just_before = await apply(office, office.long_course())
    office.service.clock.move_to(closes_at)
    at_the_end = await apply(office, office.long_course(), language="en")
    assert (just_before.status_code, at_the_end.status_code) == (201, 422)
    refusals = [(each["rule"], each["texts"]["en"]) for each in at_the_end.json()["refusals"]]
    deadline = english(office.round["deadline"])
    sentence = f"The deadline was {deadline}, and the application arrived after that day had ended."
    taken = [
        f"{DAYCARES[kind]['name']} takes part in another application of the same round already."
        for kind in ("nursery", "integrated")
    ]
    assert refusals == [("deadline", sentence), *(("one_application", each) for each in taken)]
    assert [name for name, _ in await told(office)] == ["ApplicationSubmitted", "ApplicationRefused"]


@pytest.mark.parametrize(
    ("zone", "deadline", "closes_at"),
    [
        ("Europe/Copenhagen", "2027-10-30", "2027-10-30T22:00:00Z"),
        ("Europe/Copenhagen", "2027-10-31", "2027-10-31T23:00:00Z"),  # the day with 25 hours
        ("Europe/Copenhagen", "2028-03-26", "2028-03-26T22:00:00Z"),  # the day with 23
        ("America/Nuuk", "2027-10-30", "2027-10-31T02:00:00Z"),  # whose last hour comes twice
        ("America/Nuuk", "2027-10-31", "2027-11-01T02:00:00Z"),
        ("America/Nuuk", "2028-03-25", "2028-03-26T01:00:00Z"),  # whose last hour is left out
    ],
)
async def test_a_day_on_which_the_clocks_change_counts_to_its_end(
    office: OpenIntake, zone: str, deadline: str, closes_at: str
) -> None:
    wish = {"programme": "long-course", "opens_on": "2027-09-01", "deadline": deadline, "zone": zone}
    round_ = (await office.service.post("/api/v1/rounds", wish, "david")).json()
    assert round_["closes_at"] == closes_at
    answers = []
    for before, kinds in ((20, ("nursery", "integrated")), (0, ("childminding", "nursery"))):
        office.service.clock.move_to(datetime.fromisoformat(closes_at) - timedelta(seconds=before))
        answers.append(await apply(office, office.long_course(*kinds, round_id=round_["id"])))
    assert [answer.status_code for answer in answers] == [201, 422]
    assert "deadline" in [each["rule"] for each in answers[1].json()["refusals"]]


async def test_the_round_takes_applications_from_its_first_second(office: OpenIntake) -> None:
    opens_on = office_date(office.service.clock.now()) + timedelta(days=40)
    wish = {"programme": "long-course", "opens_on": str(opens_on), "deadline": str(opens_on)}
    round_ = (await office.service.post("/api/v1/rounds", wish, "david")).json()
    opens_at = datetime.fromisoformat(round_["opens_at"])
    office.service.clock.move_to(opens_at - timedelta(seconds=20))
    just_before = await apply(office, office.long_course(round_id=round_["id"]))
    office.service.clock.move_to(opens_at)
    at_the_beginning = await apply(office, office.long_course(round_id=round_["id"]))
    assert (just_before.status_code, at_the_beginning.status_code) == (422, 201)
    assert [each["rule"] for each in just_before.json()["refusals"]] == ["round_open"]


# The same request again


@pytest.mark.parametrize(("hours", "status"), [(20, 201), (24, 422)])
async def test_the_same_application_again_gets_the_first_answer_and_has_no_effect(
    office: OpenIntake, hours: int, status: int
) -> None:
    key = str(uuid4())
    first = await apply(office, office.short_course(hours), "bo", key=key)
    stored = await office.service.stored()
    office.service.clock.move_to(office.service.clock.now() + timedelta(days=100))
    again = await apply(office, office.short_course(hours), "bo", key=key)
    assert (first.status_code, again.status_code) == (status, status)
    assert again.content == first.content
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers.pop("Idempotency-Replayed") == "true"
    assert dict(again.headers) == dict(first.headers)
    assert await office.service.stored() == stored


async def test_two_applications_at_once_under_one_key_are_one(office: OpenIntake) -> None:
    before = await office.service.stored()
    answers = await asyncio.gather(*(apply(office, office.long_course(), key="one") for _ in range(2)))
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert sorted(answer.headers.get("Idempotency-Replayed", "") for answer in answers) == ["", "true"]
    after = await office.service.stored()
    added = {"application": 1, "participating_daycare": 2, "event": 1, "last_sequence": 1, "answer": 1}
    assert after == {table: rows + added.get(table, 0) for table, rows in before.items()}


async def test_two_people_may_use_one_key(office: OpenIntake) -> None:
    anna = await apply(office, office.long_course(), key="one")
    bo = await apply(office, office.short_course(), "bo", key="one")
    assert (anna.status_code, bo.status_code) == (201, 201)
    assert anna.json()["id"] != bo.json()["id"]


async def test_the_same_acceptance_again_gets_the_first_answer_also_without_its_version(office: OpenIntake) -> None:
    application = await office.submitted()
    first = await accept(office, application["id"], key="one")
    stored = await office.service.stored()
    again = await accept(office, application["id"], '"2"', key="one")
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await office.service.stored() == stored


# Accepting


async def test_an_accepted_application_says_what_its_course_needs(office: OpenIntake) -> None:
    application = await office.submitted("nursery", "childminding", themes=["parents"], hours=40)
    answer = await accept(office, application["id"])
    accepted = answer.json()
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert accepted["decided_at"] >= application["submitted_at"]
    assert accepted == application | {"version": 2, "status": "accepted", "decided_at": accepted["decided_at"]}
    event = {
        "application_id": application["id"],
        "programme": "long-course",
        "programme_version": 1,
        "municipality": "0390",
        "daycares": application["daycares"],
        "skills": ["childminding", "leadership", "learning_environments", "parents"],
        "hours": 40,
        "on": today(office),
        "course_opens_by": "agreement",
    }
    assert (await told(office))[1:] == [("ApplicationAccepted", event)]
    for name in ("anna", "clara", "david", "hanne"):
        shown = await office.service.get(f"{APPLY}/{application['id']}", name)
        assert (shown.json(), shown.headers["ETag"]) == (accepted, '"2"')


async def test_an_application_is_accepted_once(office: OpenIntake) -> None:
    application = await office.submitted()
    await accept(office, application["id"])
    stored = await office.service.stored()
    stale = await accept(office, application["id"], '"1"')
    current = await accept(office, application["id"], '"2"')
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/stale-version")
    assert (current.status_code, current.json()["type"]) == (409, "/problems/application-not-open")
    assert current.json()["parameters"] == {"status": "accepted"}
    assert await office.service.stored() == stored


async def test_a_refused_application_cannot_be_accepted(office: OpenIntake) -> None:
    refused = await apply(office, office.long_course("nursery"))
    stored = await office.service.stored()
    answer = await accept(office, refused.json()["application_id"])
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/application-not-open")
    assert answer.json()["parameters"] == {"status": "refused"}
    assert await office.service.stored() == stored


async def test_of_two_acceptances_at_once_one_counts(office: OpenIntake) -> None:
    application = await office.submitted()
    answers = await asyncio.gather(*(accept(office, application["id"]) for _ in range(2)))
    problems = [answer.json()["type"] for answer in answers if answer.status_code != 200]
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert problems == ["/problems/stale-version"]
    assert [name for name, _ in await told(office)] == ["ApplicationSubmitted", "ApplicationAccepted"]


# Reading


async def test_an_applicant_sees_their_own_applications_and_the_office_sees_all(office: OpenIntake) -> None:
    annas, bos = await office.submitted(), (await apply(office, office.short_course(), "bo")).json()
    annas_line, bos_line = line(annas, 2), line(bos, 1)
    listed = {name: (await office.service.get(APPLY, name)).json() for name in ("anna", "bo", "ingrid", "clara")}
    assert listed == {"anna": [annas_line], "bo": [bos_line], "ingrid": [], "clara": [bos_line, annas_line]}
    for name in ("david", "hanne"):
        assert (await office.service.get(APPLY, name)).json() == listed["clara"]


def line(application: dict[str, Any], daycares: int) -> dict[str, Any]:
    shown = ("id", "programme", "municipality", "status", "submitted_at")
    return {name: application[name] for name in shown} | {"daycares": daycares}


async def test_the_application_of_somebody_else_is_not_found(office: OpenIntake) -> None:
    application = await office.submitted()
    for name in ("bo", "ingrid"):
        answer = await office.service.get(f"{APPLY}/{application['id']}", name)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-application")
    for name in ("anna", "clara", "david", "hanne"):
        answer = await office.service.get(f"{APPLY}/{application['id']}", name)
        assert (answer.status_code, answer.json()) == (200, application)


async def test_an_application_that_does_not_exist_is_not_found(office: OpenIntake) -> None:
    answer = await office.service.get(f"{APPLY}/{uuid4()}", "clara")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-application")


async def test_lists_take_as_many_queries_for_fifty_rows_as_for_one(office: OpenIntake) -> None:
    paths = [(APPLY, "anna"), (APPLY, "clara"), ("/api/v1/daycares", "clara"), ("/api/v1/rounds", None)]

    async def queries() -> dict[tuple[str, str | None], int]:
        counted = {}
        for path, name in paths:
            await office.service.get(path, name)
            async with office.service.statements() as sent:
                await office.service.get(path, name)
            counted[path, name] = len(sent)
        return counted

    await office.submitted()
    of_one = await queries()
    for number in range(50):
        await office.submitted(round_id=await office.another_round())
        await office.service.post("/api/v1/daycares", DAYCARE | {"p_number": f"{number:010}"}, "anna")
    assert [len((await office.service.get(path, name)).json()) for path, name in paths] == [50, 50, 50, 51]
    assert await queries() == of_one
    assert of_one == dict.fromkeys(paths, 2)


async def test_an_application_takes_as_many_queries_with_five_daycares_as_with_two(office: OpenIntake) -> None:
    counted = []
    for kinds in (("nursery", "integrated"), ("nursery", "integrated", "childminding")):
        application = await office.submitted(*kinds, round_id=await office.another_round())
        async with office.service.statements() as sent:
            await office.service.get(f"{APPLY}/{application['id']}", "clara")
        counted.append(len(sent))
    assert counted == [4, 4]
