"""What intake turns away: each bad request gets a clear problem in the caller's language and leaves nothing behind."""

import base64
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from itsdangerous import TimestampSigner
from pydantic import SecretStr
from service_under_test import DAYCARES, PROGRAMMES, OpenIntake, ServiceUnderTest, everybody_but

import intake.settings
import intake.web
from intake.programmes.loading import publish_programmes
from local.postgres import PrivatePostgres
from local.provision import service_url
from shared.identity import PERSONAS
from shared.sessions.tokens import Audience, Sessions
from shared.settings import KernelSettings

APPLY = "/api/v1/applications"
YEAR = datetime.now(UTC).year + 2
"""Near enough to be planned for."""
ROUNDS = "/api/v1/rounds"
REGISTER = "/api/v1/daycares"
SECRET = "not one to keep, since this is a test"
ISSUER = "development http://127.0.0.1:8101"
LIMIT = 256 * 1024

Send = Callable[[str], Awaitable[httpx.Response]]


@pytest.fixture(scope="module")
async def office(
    postgres: PrivatePostgres, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[OpenIntake]:
    """One intake for the whole file: whatever is turned away leaves it as it was."""
    postgres.create_database("bad_input", template)
    url = service_url(postgres.admin_url("bad_input"), "intake", postgres.secrets.get("role-intake"))
    folder = tmp_path_factory.mktemp("bad_input")
    kernel = KernelSettings(environment="development", session_secret=SecretStr(SECRET), clock_file=folder / "clock")
    app = intake.web.create(kernel, intake.settings.IntakeSettings(database_url=SecretStr(url)))
    async with ServiceUnderTest(app, kernel) as service:
        opened = await OpenIntake.of(service)
        await publish_programmes(service.database, more_programmes(folder))
        yield opened
    postgres.drop_database("bad_input")


def more_programmes(folder: Path) -> Path:
    """A second programme in rounds."""
    long_course = (PROGRAMMES / "long-course.yaml").read_text(encoding="utf-8")
    twin = long_course.replace("programme: long-course", "programme: twin-course")
    (folder / "twin-course.yaml").write_text(twin, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
async def waiting(office: OpenIntake) -> dict[str, Any]:
    """An application that waits for a decision, in its first version."""
    return await office.submitted()


async def assert_turned_away(
    office: OpenIntake,
    send: Send,
    status: int,
    slug: str,
    *,
    errors: Mapping[str, str] | None = None,
    where: str = "body",
    detail: str | None = None,
    **members: Any,
) -> None:
    """`send` in Danish and in English gets this problem, and every table keeps the rows it had.

    `errors` has an English sentence by pointer.
    """
    kernel = office.service.app.state.kernel
    before = await office.service.stored()
    for language in ("da", "en"):
        answer = await send(language)
        problem = answer.json()
        assert (answer.status_code, problem.get("type")) == (status, f"/problems/{slug}")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Content-Language"] == language
        title = kernel.catalogue.in_every_language(kernel.kinds.get(slug).title)
        assert title["da"] != title["en"]
        expected = {
            "type": f"/problems/{slug}",
            "title": title[language],
            "status": status,
            "instance": answer.request.url.path,
            **members,
        }
        if detail is not None:
            danish = problem.get("texts", {}).get("da")
            assert danish not in ("", detail)
            expected |= {"detail": {"da": danish, "en": detail}[language], "texts": {"da": danish, "en": detail}}
        if errors is not None:
            sentences = {error["pointer"]: error["message"] for error in problem["errors"]}
            assert sentences.keys() == errors.keys()
            for pointer, sentence in errors.items():
                assert (sentences[pointer] == sentence) is (language == "en")
            expected["errors"] = [{"in": where, "pointer": at, "message": sentences[at]} for at in errors]
        assert problem == expected
    assert await office.service.stored() == before


def posting(office: OpenIntake, path: str, body: Any = None, name: str | None = "anna", **options: Any) -> Send:
    """The request in a language, under a fresh key unless `options` say otherwise."""
    return lambda language: office.service.post(path, body, name, language=language, **options)


def with_hours(office: OpenIntake, literal: str) -> bytes:
    """A long course for so many hours, written as no JSON library would."""
    return json.dumps(office.long_course(hours="HOURS")).replace('"HOURS"', literal).encode()


# The body as JSON


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'programme': 'long-course'}",
        b'{"programme": "long-course",}',
        b'{"programme": "long-course"}}',
        b'{"programme": "long-course"}{"programme": "long-course"}',
        b'{"motivation": "\xff\xfe"}',
        b'{"motivation": "line\nline"}',
        b'{"hours": ' + b"[" * 100_000,
        b'{"hours": ' + b"1" * 5000 + b"}",
        b"programme=long-course",
    ],
    ids=[
        "cut off",
        "single quotes",
        "trailing comma",
        "trailing brace",
        "two documents",
        "not UTF-8",
        "bare line end",
        "nested without end",
        "number without end",
        "a form",
    ],
)
async def test_what_is_not_json_is_malformed(office: OpenIntake, body: bytes) -> None:
    await assert_turned_away(office, posting(office, APPLY, content=body), 400, "malformed-json")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
async def test_json_in_another_encoding_than_utf_8_is_malformed(office: OpenIntake, encoding: str) -> None:
    body = json.dumps(office.long_course()).encode(encoding)
    await assert_turned_away(office, posting(office, APPLY, content=body), 400, "malformed-json")


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"long-course"', b"true"])
async def test_json_that_is_no_object_is_not_valid(office: OpenIntake, body: bytes) -> None:
    errors = {"": "This must be an object."}
    await assert_turned_away(office, posting(office, APPLY, content=body), 422, "invalid-request", errors=errors)


async def test_a_body_is_required(office: OpenIntake) -> None:
    errors = {"": "This field is required."}
    await assert_turned_away(office, posting(office, APPLY, content=b""), 422, "invalid-request", errors=errors)


async def test_every_required_field_that_is_missing_is_named(office: OpenIntake) -> None:
    fields = ("/applicant_kind", "/daycares", "/motivation", "/programme", "/municipality")
    errors = dict.fromkeys(fields, "This field is required.")
    await assert_turned_away(office, posting(office, APPLY, {}), 422, "invalid-request", errors=errors)


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx", ""],
)
async def test_a_body_that_is_not_called_json_is_not_read(office: OpenIntake, content_type: str) -> None:
    body = json.dumps(office.long_course()).encode()
    send = posting(office, APPLY, content=body, **{"Content-Type": content_type})
    await assert_turned_away(office, send, 415, "unsupported-media-type")


async def test_a_body_over_the_limit_that_says_so_is_too_large(office: OpenIntake) -> None:
    body = json.dumps(office.long_course()).encode().ljust(LIMIT + 1)
    detail = "This has 256 kB in all. At most 256 kB can be sent here at once."
    send = posting(office, APPLY, content=body)
    await assert_turned_away(office, send, 413, "body-too-large", detail=detail, parameters={"limit": LIMIT})


async def test_a_body_over_the_limit_that_is_streamed_is_too_large(office: OpenIntake) -> None:
    body = json.dumps(office.long_course()).encode().ljust(LIMIT + 1)

    async def streamed() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 1000):
            yield body[start : start + 1000]

    def send(language: str) -> Awaitable[httpx.Response]:
        return posting(office, APPLY, content=streamed())(language)

    assert "Content-Length" not in (await send("da")).request.headers
    await assert_turned_away(office, send, 413, "body-too-large")


# The fields

NOT_A_UUID = "This must be a UUID."
NOT_A_NUMBER = "This must be a number."
NOT_WHOLE = "This must be a whole number."
NOT_FINITE = "This must be a finite number."
NOT_A_TEXT = "This must be a text."
NOT_A_LIST = "This must be a list."
CONTROLS = "This text contains control characters."
NOT_UNICODE = "This text contains characters that are not valid."
KINDS = "This must be one of: 'administration', 'daycare', 'daycares' or 'mixed'."
THEMES = (
    "This must be one of: 'learning_environments', 'parents', 'interdisciplinary_work', 'leadership' or 'childminding'."
)


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"programme": 1}, {"/programme": NOT_A_TEXT}),
        ({"programme": None}, {"/programme": NOT_A_TEXT}),
        ({"round_id": "the next one"}, {"/round_id": NOT_A_UUID}),
        ({"round_id": 1}, {"/round_id": NOT_A_UUID}),
        ({"municipality": 390}, {"/municipality": NOT_A_TEXT}),
        ({"applicant_kind": "mayor"}, {"/applicant_kind": KINDS}),
        ({"applicant_kind": ["daycare"]}, {"/applicant_kind": KINDS}),
        ({"daycares": []}, {"/daycares": "This must not be empty."}),
        ({"daycares": [str(UUID(int=n)) for n in range(51)]}, {"/daycares": "This may have at most 50 entries."}),
        ({"themes": ["parents", "cooking"]}, {"/themes/1": THEMES}),
        ({"hours": 0}, {"/hours": "This must be at least 1."}),
        ({"hours": -1}, {"/hours": "This must be at least 1."}),
        ({"hours": 10_001}, {"/hours": "This may be at most 10,000."}),
        ({"hours": 2**63}, {"/hours": "This may be at most 10,000."}),
        ({"hours": 10**30}, {"/hours": "This may be at most 10,000."}),
        ({"hours": 0.5}, {"/hours": "This must be at least 1."}),
        ({"hours": 10_000.5}, {"/hours": "This may be at most 10,000."}),
        ({"hours": "twenty"}, {"/hours": NOT_A_NUMBER}),
        ({"hours": [20]}, {"/hours": NOT_A_NUMBER}),
        ({"motivation": 1}, {"/motivation": NOT_A_TEXT}),
        ({"motivation": None}, {"/motivation": NOT_A_TEXT}),
        ({"motivation": ["because"]}, {"/motivation": NOT_A_TEXT}),
        ({"motivation": ""}, {"/motivation": "This must not be empty."}),
        ({"motivation": " \n\t\u3000 "}, {"/motivation": "This must not be empty."}),
        ({"motivation": "x" * 10_001}, {"/motivation": "This may be at most 10,000 characters."}),
        ({"motivation": "x" * 100_000}, {"/motivation": "This may be at most 10,000 characters."}),
        ({"fee": 0}, {"/fee": "This field is not known here."}),
        ({"status": "accepted"}, {"/status": "This field is not known here."}),
        ({"hours": 0, "fee": 0}, {"/hours": "This must be at least 1.", "/fee": "This field is not known here."}),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_field_that_is_not_valid_is_named_with_the_reason(
    office: OpenIntake, change: dict[str, Any], errors: dict[str, str]
) -> None:
    send = posting(office, APPLY, office.long_course(**change))
    await assert_turned_away(office, send, 422, "invalid-request", errors=errors)


@pytest.mark.parametrize("value", ["parents", {}, None, 1])
@pytest.mark.parametrize("field", ["daycares", "themes"])
async def test_a_list_that_is_none_is_said_to_be_none(office: OpenIntake, field: str, value: object) -> None:
    send = posting(office, APPLY, office.long_course(**{field: value}))
    await assert_turned_away(office, send, 422, "invalid-request", errors={f"/{field}": NOT_A_LIST})


async def test_only_the_daycare_that_is_no_uuid_is_named(office: OpenIntake) -> None:
    send = posting(office, APPLY, office.long_course(daycares=["Havblik"]))
    await assert_turned_away(office, send, 422, "invalid-request", errors={"/daycares/0": NOT_A_UUID})


@pytest.mark.parametrize("value", [True, "20"])
async def test_hours_are_a_number_in_json_and_nothing_that_looks_like_one(office: OpenIntake, value: object) -> None:
    send = posting(office, APPLY, office.long_course(hours=value))
    await assert_turned_away(office, send, 422, "invalid-request", errors={"/hours": NOT_A_NUMBER})


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400"])
async def test_hours_are_finite(office: OpenIntake, literal: str) -> None:
    send = posting(office, APPLY, content=with_hours(office, literal))
    await assert_turned_away(office, send, 422, "invalid-request", errors={"/hours": NOT_FINITE})


async def test_a_value_that_is_nested_deeply_is_not_valid(office: OpenIntake) -> None:
    send = posting(office, APPLY, content=with_hours(office, "[" * 500 + "]" * 500))
    await assert_turned_away(office, send, 422, "invalid-request", errors={"/hours": NOT_A_NUMBER})


@pytest.mark.parametrize("control", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\r"], ids=ascii)
async def test_a_motivation_with_control_characters_is_not_valid(office: OpenIntake, control: str) -> None:
    send = posting(office, APPLY, office.long_course(motivation=f"Vi{control}vil"))
    await assert_turned_away(office, send, 422, "invalid-request", errors={"/motivation": CONTROLS})


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"motivation": "Vi \ud800 vil"}, "/motivation"),
        ({"motivation": "\udc00"}, "/motivation"),
        ({"applicant_kind": "\ud800"}, "/applicant_kind"),
        ({"round_id": "\ud800"}, "/round_id"),
        ({"themes": ["\ud800"]}, "/themes/0"),
        ({"\ud800": 1}, ""),
    ],
    ids=ascii,
)
async def test_half_a_character_is_not_valid(office: OpenIntake, change: dict[str, Any], pointer: str) -> None:
    send = posting(office, APPLY, content=json.dumps(office.long_course(**change)).encode())
    await assert_turned_away(office, send, 422, "invalid-request", errors={pointer: NOT_UNICODE})


async def test_an_unknown_field_is_shown_without_its_control_characters(office: OpenIntake) -> None:
    send = posting(office, APPLY, office.long_course(**{"a/b~\x07": 1}))
    errors = {"/a~1b~0\N{REPLACEMENT CHARACTER}": "This field is not known here."}
    await assert_turned_away(office, send, 422, "invalid-request", errors=errors)


# What the fields name


@pytest.mark.parametrize("slug", ["two-year-course", "Long-Course", "long-course ", "", "x" * 5000])
async def test_a_programme_that_does_not_exist_is_unknown(office: OpenIntake, slug: str) -> None:
    await assert_turned_away(
        office, posting(office, APPLY, office.long_course(programme=slug)), 422, "unknown-programme"
    )


@pytest.mark.parametrize("slug", ["long\x00course", "\x00", "long\x07course", "\ud800"], ids=ascii)
async def test_a_programme_that_no_text_can_name_is_turned_away(office: OpenIntake, slug: str) -> None:
    send = posting(office, APPLY, content=json.dumps(office.long_course(programme=slug)).encode())
    errors = {"/programme": NOT_UNICODE if slug == "\ud800" else CONTROLS}
    await assert_turned_away(office, send, 422, "invalid-request", errors=errors)


@pytest.mark.parametrize("slug", ["one-year-course", "mini-course"])
async def test_a_programme_of_the_past_is_not_offered(office: OpenIntake, slug: str) -> None:
    send = posting(office, APPLY, office.long_course(programme=slug, round_id=None))
    await assert_turned_away(office, send, 422, "programme-not-offered")


async def test_a_programme_that_is_registered_for_takes_no_application(office: OpenIntake) -> None:
    send = posting(office, APPLY, office.long_course(programme="learning-day", round_id=None))
    await assert_turned_away(
        office,
        send,
        422,
        "programme-without-applications",
        detail="One registers for this programme, and does not apply.",
        parameters={"programme": "learning-day"},
    )


@pytest.mark.parametrize("code", ["9999", "390", "0390 ", "", "０３９０", "Vordingborg", "03\x0090"], ids=ascii)
async def test_a_municipality_that_does_not_exist_is_unknown(office: OpenIntake, code: str) -> None:
    send = posting(office, APPLY, office.long_course(municipality=code))
    await assert_turned_away(office, send, 422, "unknown-municipality")


@pytest.mark.parametrize("code", ["0461", "0316", "0955"])
async def test_nobody_applies_for_another_municipality(office: OpenIntake, code: str) -> None:
    send = posting(office, APPLY, office.long_course(municipality=code))
    await assert_turned_away(office, send, 403, "other-municipality")


async def test_a_daycare_that_is_listed_twice_is_named(office: OpenIntake) -> None:
    nursery, integrated = office.daycares["nursery"], office.daycares["integrated"]
    send = posting(office, APPLY, office.long_course(daycares=[nursery, integrated, nursery.upper()]))
    await assert_turned_away(office, send, 422, "daycare-listed-twice", daycares=[nursery])


async def test_the_daycares_that_are_not_registered_are_named_in_their_order(office: OpenIntake) -> None:
    unknown = ["ffffffff-0000-7000-8000-000000000000", "00000000-0000-7000-8000-000000000000"]
    send = posting(office, APPLY, office.long_course(daycares=[unknown[0], office.daycares["nursery"], unknown[1]]))
    await assert_turned_away(office, send, 422, "unknown-daycare", daycares=unknown)


@pytest.mark.parametrize("change", [{"round_id": None}, {"programme": "twin-course", "round_id": None}])
async def test_a_programme_in_rounds_needs_a_round(office: OpenIntake, change: dict[str, Any]) -> None:
    wish = office.long_course(**change)
    await assert_turned_away(
        office,
        posting(office, APPLY, wish),
        422,
        "round-missing",
        detail="The programme takes applications in rounds: name the round that is open.",
        parameters={"programme": wish["programme"]},
    )


async def test_a_round_that_does_not_exist_is_unknown(office: OpenIntake) -> None:
    send = posting(office, APPLY, office.long_course(round_id=str(uuid4())))
    await assert_turned_away(office, send, 422, "unknown-round")


@pytest.mark.parametrize("programme", ["twin-course", "short-course"])
async def test_a_round_is_of_the_programme_that_is_applied_for(office: OpenIntake, programme: str) -> None:
    send = posting(office, APPLY, office.long_course(programme=programme, hours=20))
    await assert_turned_away(
        office,
        send,
        422,
        "round-of-another-programme",
        detail="The round does not belong to the programme that is applied for.",
        parameters={"programme": programme},
    )


# The key

WRITES = ("application", "round", "daycare", "acceptance")


def written(office: OpenIntake, waiting: Mapping[str, Any], what: str) -> tuple[str, Any, str, dict[str, Any]]:
    """A request that would be taken: where to, what, by whom, and with which precondition."""
    match what:
        case "application":
            return APPLY, office.long_course(), "anna", {}
        case "round":
            today = office.round["opens_on"]
            return ROUNDS, {"programme": "long-course", "opens_on": today, "deadline": f"{YEAR}-11-03"}, "david", {}
        case "daycare":
            p_number = f"{uuid4().int % 10**10:010}"
            return REGISTER, DAYCARES["nursery"] | {"p_number": p_number}, "anna", {}
        case _:
            return f"{APPLY}/{waiting['id']}/acceptance", None, "clara", {"if_match": '"1"'}


@pytest.mark.parametrize("what", WRITES)
async def test_a_write_without_a_key_is_turned_away(office: OpenIntake, waiting: dict[str, Any], what: str) -> None:
    path, body, name, options = written(office, waiting, what)
    send = posting(office, path, body, name, key=None, **options)
    await assert_turned_away(office, send, 400, "idempotency-key-missing")


@pytest.mark.parametrize("key", ["with space", "x" * 201, "tab\tbed", "\x7f"], ids=ascii)
async def test_a_malformed_key_is_turned_away(office: OpenIntake, key: str) -> None:
    send = posting(office, APPLY, office.long_course(), key=key)
    await assert_turned_away(office, send, 400, "idempotency-key-malformed")


async def test_a_key_that_is_used_again_for_another_body_is_turned_away(office: OpenIntake) -> None:
    key = str(uuid4())
    first = await office.service.post(APPLY, office.short_course(), "bo", key=key)
    assert first.status_code == 201
    for body in (office.short_course(hours=19), office.short_course() | {"fee": 0}, office.short_course(hours=24)):
        send = posting(office, APPLY, body, "bo", key=key)
        await assert_turned_away(office, send, 422, "idempotency-key-reused")


async def test_a_key_that_is_used_again_for_another_address_is_turned_away(office: OpenIntake) -> None:
    key = str(uuid4())
    wish = office.short_course()
    assert (await office.service.post(APPLY, wish, "bo", key=key)).status_code == 201
    for path in (REGISTER, f"{APPLY}?x=1"):
        await assert_turned_away(office, posting(office, path, wish, "bo", key=key), 422, "idempotency-key-reused")


async def test_a_key_is_free_again_after_a_request_that_was_turned_away(office: OpenIntake) -> None:
    key = str(uuid4())
    bad = await office.service.post(APPLY, office.short_course(hours=0), "bo", key=key)
    good = await office.service.post(APPLY, office.short_course(), "bo", key=key)
    assert (bad.status_code, good.status_code) == (422, 201)


# The version


@pytest.mark.parametrize("version", ['"0"', '"2"', '"9999999999"'])
async def test_a_decision_on_another_version_is_stale(
    office: OpenIntake, waiting: dict[str, Any], version: str
) -> None:
    send = posting(office, f"{APPLY}/{waiting['id']}/acceptance", None, "clara", if_match=version)
    detail = "Somebody else, or you on another page, has changed this since you opened it."
    parameters = {"seen": int(version.strip('"')), "current": 1}
    await assert_turned_away(office, send, 412, "stale-version", detail=detail, parameters=parameters)
    assert (await send("en")).headers["ETag"] == '"1"'


async def test_a_decision_names_the_version_it_rests_on(office: OpenIntake, waiting: dict[str, Any]) -> None:
    send = posting(office, f"{APPLY}/{waiting['id']}/acceptance", None, "clara")
    await assert_turned_away(office, send, 428, "if-match-missing")


@pytest.mark.parametrize("version", ["", "1", "*", 'W/"1"', '"1", "2"', '"01"', '"-1"', '"one"', '"12345678901"'])
async def test_a_version_that_is_none_is_malformed(office: OpenIntake, waiting: dict[str, Any], version: str) -> None:
    send = posting(office, f"{APPLY}/{waiting['id']}/acceptance", None, "clara", if_match=version)
    await assert_turned_away(office, send, 400, "if-match-malformed")


# Who


@pytest.mark.parametrize("name", everybody_but("applicant"))
async def test_only_applicants_apply(office: OpenIntake, name: str) -> None:
    detail = "This may be done by: Applicant."
    send = posting(office, APPLY, office.long_course(), name)
    await assert_turned_away(office, send, 403, "role-not-allowed", detail=detail, roles=["applicant"])


@pytest.mark.parametrize("name", everybody_but("caseworker"))
async def test_only_caseworkers_accept(office: OpenIntake, waiting: dict[str, Any], name: str) -> None:
    detail = "This may be done by: Caseworker."
    send = posting(office, f"{APPLY}/{waiting['id']}/acceptance", None, name, if_match='"1"')
    await assert_turned_away(office, send, 403, "role-not-allowed", detail=detail, roles=["caseworker"])


@pytest.mark.parametrize("name", everybody_but("coordinator", "administrator"))
async def test_only_coordinators_and_administrators_open_rounds(
    office: OpenIntake, waiting: dict[str, Any], name: str
) -> None:
    path, body, _, _ = written(office, waiting, "round")
    roles = ["coordinator", "administrator"]
    detail = "This may be done by: Coordinator and Administrator."
    send = posting(office, path, body, name)
    await assert_turned_away(office, send, 403, "role-not-allowed", detail=detail, roles=roles)


@pytest.mark.parametrize("name", everybody_but("applicant", "caseworker", "coordinator", "administrator"))
async def test_only_applicants_and_the_office_register_daycares(
    office: OpenIntake, waiting: dict[str, Any], name: str
) -> None:
    path, body, _, _ = written(office, waiting, "daycare")
    roles = ["applicant", "caseworker", "coordinator", "administrator"]
    detail = "This may be done by: Applicant, Caseworker, Coordinator and Administrator."
    send = posting(office, path, body, name)
    await assert_turned_away(office, send, 403, "role-not-allowed", detail=detail, roles=roles)


@pytest.mark.parametrize("name", everybody_but("applicant", "caseworker", "coordinator", "administrator"))
@pytest.mark.parametrize("path", [APPLY, REGISTER, f"{APPLY}/00000000-0000-7000-8000-000000000000"])
async def test_the_others_read_neither_applications_nor_daycares(office: OpenIntake, path: str, name: str) -> None:
    roles = ["applicant", "caseworker", "coordinator", "administrator"]
    detail = "This may be done by: Applicant, Caseworker, Coordinator and Administrator."

    def send(language: str) -> Awaitable[httpx.Response]:
        return office.service.get(path, name, language=language)

    await assert_turned_away(office, send, 403, "role-not-allowed", detail=detail, roles=roles)


@pytest.mark.parametrize("what", WRITES)
async def test_somebody_who_has_not_signed_in_writes_nothing(
    office: OpenIntake, waiting: dict[str, Any], what: str
) -> None:
    path, body, _, options = written(office, waiting, what)
    await assert_turned_away(office, posting(office, path, body, None, **options), 401, "not-signed-in")


async def token(office: OpenIntake, name: str) -> str:
    answer = await office.service.post("/api/v1/sign-in", {"name": name}, None, key=None)
    return str(answer.json()["token"])


def promoted(token: str) -> str:
    """The token with another role written into it, under the old signature."""
    payload, rest = token.split(".", 1)
    claims = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    forged = base64.urlsafe_b64encode(claims.replace(b"applicant", b"caseworker"))
    return f"{forged.rstrip(b'=').decode()}.{rest}"


def token_by(secret: str, issuer: str, audience: Audience) -> str:
    return Sessions(SecretStr(secret), issuer).issue(PERSONAS[0].identity, audience)


async def test_the_tokens_that_are_none_differ_from_one_in_one_thing_each(office: OpenIntake) -> None:
    good = token_by(SECRET, ISSUER, Audience.PROGRAMS)
    assert (await office.service.get(APPLY, None, Authorization=f"Bearer {good}")).status_code == 200


@pytest.mark.parametrize(
    "tamper",
    [
        promoted,
        lambda token: token[:-3],
        lambda token: token.rpartition(".")[0],
        lambda token: token.swapcase(),
        lambda token: token.replace(".", "..", 1),
        lambda token: "",
        lambda token: token_by("another secret", ISSUER, Audience.PROGRAMS),
        lambda token: token_by(SECRET, ISSUER.replace("127.0.0.1", "another-host"), Audience.PROGRAMS),
        lambda token: token_by(SECRET, ISSUER, Audience.PAGES),
    ],
    ids=[
        *("promoted", "shortened", "unsigned", "other letters", "another dot", "empty", "another secret"),
        *("another installation", "one of the pages"),
    ],
)
async def test_a_token_that_was_tampered_with_is_none(office: OpenIntake, tamper: Callable[[str], str]) -> None:
    forged = tamper(await token(office, "anna"))
    send = posting(office, APPLY, office.long_course(), None, Authorization=f"Bearer {forged}")
    await assert_turned_away(office, send, 401, "not-signed-in")


async def test_a_token_lasts_twelve_hours(office: OpenIntake, monkeypatch: pytest.MonkeyPatch) -> None:
    now = int(time.time())
    tokens = {}
    for age in (timedelta(hours=12) - timedelta(minutes=1), timedelta(hours=12, seconds=1)):
        issued = now - int(age.total_seconds())
        with monkeypatch.context() as patched:
            patched.setattr(TimestampSigner, "get_timestamp", lambda _, issued=issued: issued)
            tokens[age] = await token(office, "anna")
    young, old = tokens.values()
    assert (await office.service.get(APPLY, None, Authorization=f"Bearer {young}")).status_code == 200
    send = posting(office, APPLY, office.long_course(), None, Authorization=f"Bearer {old}")
    await assert_turned_away(office, send, 401, "not-signed-in")


# Ids in the address


async def test_an_application_that_does_not_exist_cannot_be_accepted(office: OpenIntake) -> None:
    send = posting(office, f"{APPLY}/{uuid4()}/acceptance", None, "clara", if_match='"1"')
    await assert_turned_away(office, send, 404, "unknown-application")


@pytest.mark.parametrize("id", ["1", "nonsense", "00000000-0000-7000-8000-00000000000g", "%F0%9F%A6%89"])
async def test_an_id_that_is_no_uuid_is_not_valid(office: OpenIntake, id: str) -> None:
    def reading(language: str) -> Awaitable[httpx.Response]:
        return office.service.get(f"{APPLY}/{id}", "clara", language=language)

    errors = {"/id": NOT_A_UUID}
    accepting = posting(office, f"{APPLY}/{id}/acceptance", None, "clara", if_match='"1"')
    for send in (reading, accepting):
        await assert_turned_away(office, send, 422, "invalid-request", errors=errors, where="path")


@pytest.mark.parametrize("path", [f"{APPLY}/%00", f"{APPLY}/a%0Ab/acceptance", f"{APPLY}?lang=%1b"])
async def test_an_address_with_control_characters_is_malformed(office: OpenIntake, path: str) -> None:
    send = posting(office, path, office.long_course())
    before = await office.service.stored()
    answer = await send("en")
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed-request")
    assert await office.service.stored() == before


# Rounds


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"programme": None}, {"/programme": NOT_A_TEXT}),
        ({"opens_on": "3. november"}, {"/opens_on": "This must be a date, as in 2026-11-03."}),
        ({"deadline": "2099-02-29"}, {"/deadline": "This must be a date, as in 2026-11-03."}),
        ({"deadline": "10000-01-01"}, {"/deadline": "This must be a date, as in 2026-11-03."}),
        ({"deadline": None}, {"/deadline": "This must be a date, as in 2026-11-03."}),
        ({"zone": "Europe/Oslo"}, {"/zone": "This must be one of: 'Europe/Copenhagen' or 'America/Nuuk'."}),
        ({"closes_at": "2099-11-03T12:00:00Z"}, {"/closes_at": "This field is not known here."}),
    ],
    ids=str,
)
async def test_a_field_of_a_round_that_is_not_valid_is_named_with_the_reason(
    office: OpenIntake, waiting: dict[str, Any], change: dict[str, Any], errors: dict[str, str]
) -> None:
    path, body, name, _ = written(office, waiting, "round")
    await assert_turned_away(office, posting(office, path, body | change, name), 422, "invalid-request", errors=errors)


@pytest.mark.parametrize("deadline", [2_524_608_000, "2524608000", "2099-03-03T00:00:00"])
async def test_a_deadline_is_a_date_and_nothing_that_could_be_read_as_one(
    office: OpenIntake, waiting: dict[str, Any], deadline: object
) -> None:
    path, body, name, _ = written(office, waiting, "round")
    errors = {"/deadline": "This must be a date, as in 2026-11-03."}
    send = posting(office, path, body | {"deadline": deadline}, name)
    await assert_turned_away(office, send, 422, "invalid-request", errors=errors)


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"deadline": "2101-01-01"}, {"/deadline": "This may be at most 2100-12-31."}),
        ({"deadline": "9999-12-31"}, {"/deadline": "This may be at most 2100-12-31."}),
        ({"opens_on": "1999-12-31"}, {"/opens_on": "This must be at least 2000-01-01."}),
        ({"opens_on": "0001-01-01"}, {"/opens_on": "This must be at least 2000-01-01."}),
    ],
    ids=str,
)
async def test_a_round_lies_in_this_century(
    office: OpenIntake, waiting: dict[str, Any], change: dict[str, Any], errors: dict[str, str]
) -> None:
    path, body, name, _ = written(office, waiting, "round")
    await assert_turned_away(office, posting(office, path, body | change, name), 422, "invalid-request", errors=errors)


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"programme": "two-year-course"}, "unknown-programme"),
        ({"programme": "one-year-course"}, "programme-not-offered"),
        ({"opens_on": "2020-12-31"}, "programme-not-offered"),
    ],
    ids=str,
)
async def test_a_round_is_opened_for_a_programme_that_is_offered(
    office: OpenIntake, waiting: dict[str, Any], change: dict[str, Any], slug: str
) -> None:
    path, body, name, _ = written(office, waiting, "round")
    await assert_turned_away(office, posting(office, path, body | change, name), 422, slug)


@pytest.mark.parametrize("slug", ["long\x00course", "\ud800"], ids=ascii)
async def test_a_round_for_a_programme_that_no_text_can_name_is_turned_away(
    office: OpenIntake, waiting: dict[str, Any], slug: str
) -> None:
    path, body, name, _ = written(office, waiting, "round")
    send = posting(office, path, name=name, content=json.dumps(body | {"programme": slug}).encode())
    errors = {"/programme": NOT_UNICODE if slug == "\ud800" else CONTROLS}
    await assert_turned_away(office, send, 422, "invalid-request", errors=errors)


@pytest.mark.parametrize("slug", ["short-course", "learning-day"])
async def test_a_round_is_opened_for_a_programme_in_rounds(
    office: OpenIntake, waiting: dict[str, Any], slug: str
) -> None:
    path, body, name, _ = written(office, waiting, "round")
    answer = posting(office, path, body | {"programme": slug}, name)
    detail = "The programme takes applications at any time, so it has no rounds."
    await assert_turned_away(
        office, answer, 422, "programme-without-rounds", detail=detail, parameters={"programme": slug}
    )


async def test_a_round_closes_after_it_opens(office: OpenIntake, waiting: dict[str, Any]) -> None:
    path, body, name, _ = written(office, waiting, "round")
    dates = {"opens_on": f"{YEAR}-11-04", "deadline": f"{YEAR}-11-03"}
    detail = f"The deadline 3 November {YEAR} lies before the opening on 4 November {YEAR}."
    send = posting(office, path, body | dates, name)
    await assert_turned_away(office, send, 422, "round-closes-before-it-opens", detail=detail, parameters={**dates})


async def test_a_round_closes_in_the_future(office: OpenIntake, waiting: dict[str, Any]) -> None:
    path, body, name, _ = written(office, waiting, "round")
    send = posting(office, path, body | {"opens_on": "2021-01-01", "deadline": "2021-11-03"}, name)
    detail = "The deadline 3 November 2021 has passed already."
    parameters = {"deadline": "2021-11-03"}
    await assert_turned_away(office, send, 422, "round-already-over", detail=detail, parameters=parameters)


# Daycares


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"p_number": "100390999"}, {"/p_number": "This does not have the right form."}),
        ({"p_number": "10039099999"}, {"/p_number": "This does not have the right form."}),
        ({"p_number": "1003909999\n"}, {"/p_number": "This does not have the right form."}),
        ({"p_number": "１００３９０９９９９"}, {"/p_number": "This does not have the right form."}),
        ({"p_number": 1003909999}, {"/p_number": NOT_A_TEXT}),
        ({"name": ""}, {"/name": "This must not be empty."}),
        ({"name": "\u00a0"}, {"/name": "This must not be empty."}),
        ({"name": "x" * 201}, {"/name": "This may be at most 200 characters."}),
        ({"name": "Hav\nblik"}, {"/name": CONTROLS}),
        ({"name": "Hav\x00blik"}, {"/name": CONTROLS}),
        (
            {"kind": "school"},
            {"/kind": "This must be one of: 'childminding', 'nursery', 'integrated' or 'kindergarten'."},
        ),
        ({"ownership": "state"}, {"/ownership": "This must be one of: 'municipal', 'self_governing' or 'private'."}),
        ({"age_from": -1}, {"/age_from": "This must be at least 0."}),
        ({"age_to": 8}, {"/age_to": "This may be at most 7."}),
        ({"age_to": 2.5}, {"/age_to": NOT_WHOLE}),
        ({"municipality": None}, {"/municipality": NOT_A_TEXT}),
        ({"id": str(UUID(int=1))}, {"/id": "This field is not known here."}),
    ],
    ids=ascii,
)
async def test_a_field_of_a_daycare_that_is_not_valid_is_named_with_the_reason(
    office: OpenIntake, waiting: dict[str, Any], change: dict[str, Any], errors: dict[str, str]
) -> None:
    path, body, name, _ = written(office, waiting, "daycare")
    await assert_turned_away(office, posting(office, path, body | change, name), 422, "invalid-request", errors=errors)


@pytest.mark.parametrize("field", ["age_from", "age_to"])
async def test_an_age_is_a_number_in_json(office: OpenIntake, waiting: dict[str, Any], field: str) -> None:
    path, body, name, _ = written(office, waiting, "daycare")
    send = posting(office, path, body | {field: True}, name)
    await assert_turned_away(office, send, 422, "invalid-request", errors={f"/{field}": NOT_WHOLE})


async def test_ages_out_of_order_are_said_to_be(office: OpenIntake, waiting: dict[str, Any]) -> None:
    path, body, name, _ = written(office, waiting, "daycare")
    before = await office.service.stored()
    answer = await office.service.post(path, body | {"age_from": 3, "age_to": 2}, name, language="en")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")
    assert await office.service.stored() == before
    assert [error["message"] for error in answer.json()["errors"]] != ["This is not valid."]


@pytest.mark.parametrize(
    ("change", "status", "slug"),
    [
        ({"municipality": "9999"}, 422, "unknown-municipality"),
        ({"municipality": "0390\x00"}, 422, "unknown-municipality"),
        ({"municipality": "0461"}, 403, "other-municipality"),
    ],
    ids=ascii,
)
async def test_an_applicant_registers_daycares_of_their_own_municipality(
    office: OpenIntake, waiting: dict[str, Any], change: dict[str, Any], status: int, slug: str
) -> None:
    path, body, name, _ = written(office, waiting, "daycare")
    await assert_turned_away(office, posting(office, path, body | change, name), status, slug)


async def test_a_p_number_belongs_to_one_daycare(office: OpenIntake, waiting: dict[str, Any]) -> None:
    path, body, _, _ = written(office, waiting, "daycare")
    known: dict[str, Any] = {"p_number": DAYCARES["private"]["p_number"]}
    for name in ("anna", "hanne"):
        await assert_turned_away(office, posting(office, path, body | known, name), 409, "daycare-known", **known)
