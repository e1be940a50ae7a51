"""`praksis failures …`: what could not be handled or sent, through the operators' API of a real service."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from command_line import CommandLine
from operation_cases import (
    REASON,
    TYPE,
    cannot_send,
    envelope,
    fail,
    fail_body,
    interventions,
    listed,
    recorded,
    rows,
    wait,
)
from service_under_test import ServiceUnderTest

from shared.events.envelope import encode

AS_GERT = ("--as", "gert")
ID = str(envelope().identity)
LIST = ("failures", "list", "reporting", *AS_GERT)
UNKNOWN = str(UUID(int=9))


async def body_of(service: ServiceUnderTest) -> dict[str, Any]:
    ((body,),) = await rows(service, "select body from {schema}.parked")
    document: dict[str, Any] = json.loads(body)
    return document


# Looking


async def test_where_nothing_has_failed_that_is_said(at_reporting: CommandLine) -> None:
    listed = await at_reporting(*LIST)
    assert (listed.status, listed.out, listed.err) == (0, "Nothing has failed.\n", "")
    assert (await at_reporting(*LIST, "--json")).document == []
    groups = await at_reporting("failures", "groups", "reporting", *AS_GERT)
    assert (groups.status, groups.out) == (0, "Nothing has failed.\n")


async def test_failures_are_listed_with_what_waits_behind_them(
    at_reporting: CommandLine, reporting_service: ServiceUnderTest
) -> None:
    await fail(reporting_service, envelope())
    await wait(reporting_service, envelope(2), envelope(3))
    await fail_body(reporting_service, b"noise", RuntimeError())
    shown = await at_reporting(*LIST)
    heading, event, noise = (line.split() for line in shown.out.splitlines())
    assert (shown.status, shown.err) == (0, "")
    assert heading == [
        "service",
        "id",
        "state",
        "direction",
        "type",
        "subject",
        "reason",
        "tries",
        "waiting",
        "last",
        "failed",
    ]
    assert event[:-2] == ["reporting", ID, "parked", "incoming", "scheduling.PhaseStarted.v1", envelope().subject,
                          "Refused:", "unknown-course", "1", "2"]  # fmt: skip
    assert noise[2:-2] == ["parked", "incoming", "–", "–", "RuntimeError", "1", "0"]


async def test_in_json_a_failure_is_what_the_api_says_and_its_service(
    at_reporting: CommandLine, reporting_service: ServiceUnderTest
) -> None:
    await fail(reporting_service, envelope())
    (failure,) = await listed(reporting_service)
    assert (await at_reporting(*LIST, "--json")).document == [{"service": "reporting", **failure}]


@pytest.mark.parametrize(
    ("options", "courses"),
    [
        (("--state", "parked"), [1]),
        (("--state", "retrying"), [2]),
        (("--reason", REASON), [1]),
        (("--reason", "no such reason"), []),
        (("--type", "PhaseStarted"), [1, 2]),
        (("--type", "scheduling.PhaseStarted"), [1, 2]),
        (("--type", TYPE, "--state", "retrying"), [2]),
        (("--type", "CourseOpened"), []),
    ],
)
async def test_a_list_can_be_narrowed(
    options: tuple[str, ...], courses: list[int], at_reporting: CommandLine, reporting_service: ServiceUnderTest
) -> None:
    await fail(reporting_service, envelope(course=1))
    await fail(reporting_service, envelope(course=2), error=RuntimeError())
    answer = await at_reporting(*LIST, "--json", *options)
    assert [each["id"] for each in answer.document] == [str(envelope(course=course).identity) for course in courses]


async def test_a_list_goes_on_behind_the_first_page(
    at_reporting: CommandLine, reporting_service: ServiceUnderTest
) -> None:
    await fail(reporting_service, *(envelope(course=course) for course in range(1, 204)))
    answer = await at_reporting(*LIST, "--json")
    assert [each["id"] for each in answer.document] == [
        str(envelope(course=course).identity) for course in range(1, 204)
    ]


async def test_groups_say_what_failed_alike(at_reporting: CommandLine, reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, envelope(course=1), envelope(course=2))
    await wait(reporting_service, envelope(2, course=2))
    (group,) = (await at_reporting("failures", "groups", "reporting", "--json", *AS_GERT)).document
    moments = {group.pop("first_failed_at"), group.pop("last_failed_at")}
    assert group == {
        "service": "reporting",
        "outgoing": False,
        "type": TYPE,
        "reason": REASON,
        "failures": 2,
        "waiting": 1,
    }
    assert len(moments) == 2
    shown = await at_reporting("failures", "groups", "reporting", *AS_GERT)
    assert shown.out.splitlines()[1].split()[:6] == [
        "reporting",
        "2",
        "1",
        "incoming",
        "scheduling.PhaseStarted.v1",
        "Refused:",
    ]


async def test_one_failure_is_shown_with_what_arrived_and_what_was_done(
    at_reporting: CommandLine, reporting_service: ServiceUnderTest
) -> None:
    await fail(reporting_service, envelope())
    await at_reporting("failures", "edit", "reporting", ID, "--reason", "a typo", "--data", "-", *AS_GERT,
                       typed=json.dumps({**envelope().data, "phase": "advice"}))  # fmt: skip
    shown = await at_reporting("failures", "show", "reporting", ID, *AS_GERT)
    assert (shown.status, shown.err) == (0, "")
    facts, deeds, body = shown.out.split("\n\n")
    assert [line.split()[0] for line in facts.splitlines()] == [
        "id", "event", "state", "direction", "type", "source", "subject", "reason", "tries", "first", "last", "trace",
        "waiting", "version",
    ]  # fmt: skip
    assert facts.splitlines()[-1].split() == ["version", "2"]
    assert deeds.splitlines()[1].split()[2:] == ["edit", "local:gert", "a", "typo"]
    assert json.loads(body)["data"]["phase"] == "advice"


async def test_in_json_one_failure_comes_with_what_was_done(
    at_reporting: CommandLine, reporting_service: ServiceUnderTest
) -> None:
    await fail(reporting_service, envelope())
    (failure,) = await listed(reporting_service)
    shown = await at_reporting("failures", "show", "reporting", ID, "--json", *AS_GERT)
    assert shown.document == {
        "service": "reporting",
        **failure,
        "version": 1,
        "body": encode(envelope()).decode(),
        "interventions": [],
    }


async def test_what_arrived_does_not_steer_the_terminal(
    at_reporting: CommandLine, reporting_service: ServiceUnderTest
) -> None:
    await fail_body(reporting_service, b"\x1b]0;owned\x07\x1b[2J\n\xc2\x9b31m\xff", RuntimeError())
    (failure,) = await listed(reporting_service)
    for options in ((), ("--json",)):
        shown = await at_reporting("failures", "show", "reporting", failure["id"], *options, *AS_GERT)
        assert shown.status == 0
        assert not {character for character in shown.out if not character.isprintable()} - {"\n"}
    assert shown.document["body"] == "\x1b]0;owned\x07\x1b[2J\n\x9b31m\ufffd"


# Trying again


async def test_one_is_tried_again(at_reporting: CommandLine, reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, envelope(course=1), envelope(course=2))
    retried = await at_reporting("failures", "retry", "reporting", ID, *AS_GERT)
    assert (retried.status, retried.out, retried.err) == (0, f"{ID} is tried again.\n", "")
    assert [each["state"] for each in await listed(reporting_service)] == ["retrying", "parked"]
    again = await at_reporting("failures", "retry", "reporting", ID, "--json", *AS_GERT)
    assert again.document == {"service": "reporting", "id": ID, "done": "retry"}
    assert await interventions(reporting_service) == [("retry", None, "local:gert")]


async def test_all_that_failed_alike_is_tried_again(
    at_reporting: CommandLine, reporting_service: ServiceUnderTest
) -> None:
    await fail(reporting_service, envelope(course=1), envelope(course=2))
    await fail(reporting_service, envelope(course=3), error=ValueError())
    retry = ("failures", "retry", "reporting", "--group", "PhaseStarted", REASON, *AS_GERT)
    retried = await at_reporting(*retry, "--json")
    assert (retried.status, retried.document) == (
        0,
        {"service": "reporting", "type": TYPE, "reason": REASON, "outgoing": False, "done": "retry", "retried": 2},
    )
    assert [each["state"] for each in await listed(reporting_service)] == ["retrying", "retrying", "parked"]
    again = await at_reporting(*retry)
    assert again.out == "0 that failed alike: tried again. Left out is what is being tried already.\n"


async def test_what_could_not_be_sent_is_sent_again(
    at_reporting: CommandLine, reporting_service: ServiceUnderTest
) -> None:
    await cannot_send(reporting_service, recorded())
    group = ("failures", "retry", "reporting", "--group", "ObservationRecorded", "Unroutable", "--json", *AS_GERT)
    assert (await at_reporting(*group)).document["retried"] == 0
    assert (await at_reporting(*group, "--outgoing")).document["retried"] == 1
    assert (await at_reporting(*LIST, "--json")).document == []


@pytest.mark.parametrize("words", [(), (ID, "--group", TYPE, REASON)])
async def test_a_retry_is_of_one_or_of_a_group(words: tuple[str, ...], at_reporting: CommandLine) -> None:
    refused = await at_reporting("failures", "retry", "reporting", *words, *AS_GERT)
    assert (refused.status, refused.out) == (2, "")
    assert refused.err == "Name either one failure by its ID or, with --group, a type and a reason.\n"


# Giving up


async def test_what_is_given_up_is_gone_with_its_reason_on_record(
    at_reporting: CommandLine, reporting_service: ServiceUnderTest
) -> None:
    await fail(reporting_service, envelope())
    discarded = await at_reporting("failures", "discard", "reporting", ID, "--reason", "a test", *AS_GERT)
    assert (discarded.status, discarded.out, discarded.err) == (0, f"{ID} is given up.\n", "")
    assert await interventions(reporting_service) == [("discard", "a test", "local:gert")]
    assert await listed(reporting_service) == []
    again = await at_reporting("failures", "discard", "reporting", ID, "--reason", "a test", "--json", *AS_GERT)
    assert (again.status, again.out) == (1, "")
    assert again.err.startswith("reporting: ")


@pytest.mark.parametrize("command", ["discard", "edit"])
async def test_a_reason_is_asked_for(
    command: str, at_reporting: CommandLine, reporting_service: ServiceUnderTest
) -> None:
    await fail(reporting_service, envelope())
    missing = await at_reporting("failures", command, "reporting", ID, *AS_GERT)
    assert (missing.status, missing.out) == (2, "")
    assert "Missing option '--reason'" in missing.err
    words = ("failures", command, "reporting", ID, *AS_GERT, *(("--data", "-") if command == "edit" else ()))
    empty = await at_reporting(*words, "--reason", " ", typed='{"a": 1}')
    assert (empty.status, empty.out) == (1, "")
    assert "  reason: This must not be empty." in empty.err.splitlines()
    assert await interventions(reporting_service) == []


# Changing


async def test_data_are_changed_from_a_file(
    at_reporting: CommandLine, reporting_service: ServiceUnderTest, tmp_path: Path
) -> None:
    await fail(reporting_service, envelope())
    file = tmp_path / "data.json"
    data = {**envelope().data, "phase": "advice"}
    file.write_text(json.dumps(data, indent=2))
    edit = ("failures", "edit", "reporting", ID, "--reason", "a typo", "--data", str(file), *AS_GERT)
    edited = await at_reporting(*edit)
    assert (edited.status, edited.err) == (0, "")
    assert edited.out == (f"{ID} is changed. `praksis failures retry reporting {ID}` has it tried with these data.\n")
    assert await body_of(reporting_service) == {**json.loads(encode(envelope())), "data": data}
    (failure,) = await listed(reporting_service)
    again = await at_reporting(*edit, "--json")
    assert again.err == "These are the data that it has; nothing was changed.\n"
    assert again.document == {
        "service": "reporting",
        **failure,
        "version": 2,
        "body": json.dumps(await body_of(reporting_service), ensure_ascii=False, separators=(",", ":")),
    }
    assert await interventions(reporting_service) == [("edit", "a typo", "local:gert")]


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ("{", 1, "Standard input is not JSON"),
        ("[1, 2]", 1, "New data are one JSON object."),
        ("[]", 1, "holds no event"),
        ('"text"', 1, "  data: This must be an object."),
        ('{"course_id": "x"}', 1, "  data/course_id: This must be a UUID."),
        (
            json.dumps({**envelope().data, "course_id": UNKNOWN}),
            1,
            "  data/course_id: This says what the event is about",
        ),
    ],
)
async def test_data_that_do_not_fit_change_nothing(
    typed: str, status: int, said: str, at_reporting: CommandLine, reporting_service: ServiceUnderTest
) -> None:
    await fail(reporting_service, envelope())
    edit = ("failures", "edit", "reporting", ID, "--reason", "x", "--data", "-", "--json", *AS_GERT)
    refused = await at_reporting(*edit, typed=typed)
    assert (refused.status, refused.out) == (status, "")
    assert said in refused.err
    assert await body_of(reporting_service) == json.loads(encode(envelope()))


def editor(folder: Path, program: str) -> str:
    """An editor that does what the program does to the file `path`."""
    script = folder / "an editor.py"
    script.write_text(f"import json, pathlib, sys\npath = pathlib.Path(sys.argv[-1])\n{program}\n")
    return f"'{sys.executable}' '{script}' --wait"


async def test_data_are_changed_in_the_editor(
    at_reporting: CommandLine, reporting_service: ServiceUnderTest, tmp_path: Path
) -> None:
    await fail(reporting_service, envelope())
    seen = tmp_path / "seen"
    program = (
        f"pathlib.Path({str(seen)!r}).write_text(f'{{path.parent}}\\n{{oct(path.parent.stat().st_mode)}}')\n"
        "data = json.loads(path.read_text()); data['phase'] = 'rådgivning'; path.write_text(json.dumps(data))"
    )
    with_editor = at_reporting.knowing(EDITOR=editor(tmp_path, program))
    edited = await with_editor("failures", "edit", "reporting", ID, "--reason", "a typo", "--json", *AS_GERT)
    assert (edited.status, edited.err, edited.document["version"]) == (0, "", 2)
    assert (await body_of(reporting_service))["data"] == {**envelope().data, "phase": "rådgivning"}
    folder, mode = seen.read_text().splitlines()
    assert (mode, Path(folder).exists()) == ("0o40700", False)  # noqa: ASYNC240


@pytest.mark.parametrize(
    ("program", "status", "said"),
    [
        ("", 0, "These are the data that it has; nothing was changed.\n"),
        ("sys.exit(3)", 1, "The editor ended with 3; nothing was changed.\n"),
        ("path.unlink()", 1, "What the editor left behind cannot be read; nothing was changed.\n"),
        ("path.write_bytes(b'\\xff')", 1, "What the editor left behind cannot be read; nothing was changed.\n"),
        ("path.write_text('{')", 1, "What the editor left behind is not JSON: Expecting property name enclosed in "
                                    "double quotes: line 1 column 2 (char 1).\n"),
    ],
)  # fmt: skip
async def test_an_editor_that_fails_changes_nothing(
    program: str,
    status: int,
    said: str,
    at_reporting: CommandLine,
    reporting_service: ServiceUnderTest,
    tmp_path: Path,
) -> None:
    await fail(reporting_service, envelope())
    with_editor = at_reporting.knowing(EDITOR=editor(tmp_path, program))
    edited = await with_editor("failures", "edit", "reporting", ID, "--reason", "x", *AS_GERT)
    assert (edited.status, edited.err) == (status, said)
    assert await body_of(reporting_service) == json.loads(encode(envelope()))


async def test_an_editor_is_named_or_there_is_none(
    at_reporting: CommandLine, reporting_service: ServiceUnderTest
) -> None:
    await fail(reporting_service, envelope())
    edit = ("failures", "edit", "reporting", ID, "--reason", "x", *AS_GERT)
    nameless = await at_reporting(*edit)
    assert (nameless.status, nameless.err) == (
        2,
        "No editor is named: set EDITOR, or give the new data with --data FILE.\n",
    )
    missing = await at_reporting.knowing(VISUAL="/no/such/editor", EDITOR="true")(*edit)
    assert (missing.status, missing.err) == (
        1,
        "The editor /no/such/editor could not be started (FileNotFoundError).\n",
    )


async def test_what_was_changed_meanwhile_is_not_overwritten(
    at_reporting: CommandLine, reporting_service: ServiceUnderTest, tmp_path: Path
) -> None:
    await fail(reporting_service, envelope())
    data = {**envelope().data, "phase": "advice"}
    body = json.dumps({"data": {**envelope().data, "phase": "closing"}, "reason": "I was first"})
    url = at_reporting.environment["PRAKSIS_REPORTING_URL"]
    program = f"""
import urllib.request
def post(path, body, **headers):
    request = urllib.request.Request({url!r} + path, body.encode(), {{"Content-Type": "application/json", **headers}})
    return json.load(urllib.request.urlopen(request))
token = post("/api/v1/sign-in", '{{"name": "gert"}}')["token"]
headers = {{"Authorization": "Bearer " + token, "Idempotency-Key": "1", "If-Match": '"1"'}}
post("/api/v1/operations/failures/{ID}/edit", {body!r}, **headers)
path.write_text({json.dumps(data)!r})
"""
    with_editor = at_reporting.knowing(EDITOR=editor(tmp_path, program))
    edited = await with_editor("failures", "edit", "reporting", ID, "--reason", "I was second", *AS_GERT)
    assert (edited.status, edited.out) == (1, "")
    assert "Somebody else, or you on another page, has changed this since you opened it." in edited.err
    assert (await body_of(reporting_service))["data"]["phase"] == "closing"
    assert await interventions(reporting_service) == [("edit", "I was first", "local:gert")]


async def test_what_was_no_event_has_no_data_to_change(
    at_reporting: CommandLine, reporting_service: ServiceUnderTest
) -> None:
    await fail_body(reporting_service, b"noise", RuntimeError())
    (failure,) = await listed(reporting_service)
    edit = ("failures", "edit", "reporting", failure["id"], "--reason", "x", "--data", "-", *AS_GERT)
    refused = await at_reporting(*edit, typed="{}")
    assert (refused.status, refused.err) == (
        1,
        "What arrived is no event, so it has no data to change. It can be discarded.\n",
    )


# Who asks, and of whom


async def test_a_token_says_who_is_asking(at_reporting: CommandLine, reporting_service: ServiceUnderTest) -> None:
    await fail(reporting_service, envelope())
    token = (await reporting_service._http.post("/api/v1/sign-in", json={"name": "gert"})).json()["token"]
    answer = await at_reporting.knowing(PRAKSIS_TOKEN=token)("failures", "list", "reporting", "--json")
    assert [each["id"] for each in answer.document] == [ID]


@pytest.mark.parametrize(
    ("token", "options", "status", "said"),
    [
        ("", (), 2, "Nobody has signed in: set PRAKSIS_TOKEN or, in development, name a persona with --as."),
        ("hunter2", (), 1, "reporting does not know the token in PRAKSIS_TOKEN, or it has run out."),
        ("hunter2 x", (), 2, "PRAKSIS_TOKEN is no token."),
        ("hunter2\nx", (), 2, "PRAKSIS_TOKEN is no token."),
        ("hunter2ø", (), 2, "PRAKSIS_TOKEN is no token."),
        ("hunter2", ("--as", "clara"), 1, "reporting: "),
        ("", ("--as", "clara"), 1, "reporting: "),
        ("", ("--as", "nobody"), 1, "reporting: "),
    ],
)
async def test_only_operators_are_let_in(
    token: str, options: tuple[str, ...], status: int, said: str, at_reporting: CommandLine
) -> None:
    for words in (("list", "reporting"), ("retry", "reporting", ID), ("discard", "reporting", ID, "--reason", "x")):
        refused = await at_reporting.knowing(PRAKSIS_TOKEN=token)("failures", *words, *options)
        assert (refused.status, refused.out) == (status, "")
        assert refused.err.startswith(said)
        assert "hunter2" not in refused.err


async def test_without_a_service_all_are_asked_and_the_silent_are_named(
    at_reporting: CommandLine, reporting_service: ServiceUnderTest
) -> None:
    await fail(reporting_service, envelope())
    answer = await at_reporting("failures", "list", "--json", *AS_GERT)
    assert [(each["service"], each["id"]) for each in answer.document] == [("reporting", ID)]
    assert answer.status == 3
    assert [line.partition(" ")[0] for line in answer.err.splitlines()] == ["intake", "scheduling"]


class ForgetfulLine:
    """A line to a service on which the first answer to a request that says `word` is lost."""

    def __init__(self, url: str, word: bytes) -> None:
        self._service = urlsplit(url)
        self._word = word
        self._due = False
        self.lost = 0

    async def __aenter__(self) -> "ForgetfulLine":
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._service.hostname, self._service.port)
        await asyncio.gather(self._ask(reader, back), self._answer(there, writer))

    async def _ask(self, reader: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        while request := await reader.read(65_536):
            self._due = self._due or self._word in request
            back.write(request)
        back.close()

    async def _answer(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while answer := await there.read(65_536):
            if self._due and not self.lost:
                self.lost += 1
                break
            writer.write(answer)
        writer.close()


async def test_a_deed_whose_answer_was_lost_is_done_once(
    at_reporting: CommandLine, reporting_service: ServiceUnderTest
) -> None:
    await fail(reporting_service, envelope())
    async with ForgetfulLine(at_reporting.environment["PRAKSIS_REPORTING_URL"], b"/discard") as line:
        at_line = at_reporting.knowing(PRAKSIS_REPORTING_URL=line.url)
        discarded = await at_line("failures", "discard", "reporting", ID, "--reason", "a test", *AS_GERT)
    assert (discarded.status, discarded.out, line.lost) == (0, f"{ID} is given up.\n", 1)
    assert await interventions(reporting_service) == [("discard", "a test", "local:gert")]


async def test_what_is_settled_is_answered_in_words(at_reporting: CommandLine) -> None:
    for words in (("show",), ("retry",), ("discard", "--reason", "x"), ("edit", "--reason", "x", "--data", "-")):
        refused = await at_reporting("failures", words[0], "reporting", UNKNOWN, *words[1:], *AS_GERT, typed="{}")
        assert (refused.status, refused.out) == (1, "")
        assert refused.err.startswith("reporting: ")


async def test_a_failure_is_named_by_its_id_and_a_service_by_its_name(at_reporting: CommandLine) -> None:
    for words in (("show", "reporting", "x"), ("show", "nowhere", ID), ("show", "reporting"), ("show",)):
        refused = await at_reporting("failures", *words, *AS_GERT)
        assert (refused.status, refused.out) == (2, "")


@pytest.mark.parametrize(
    ("words", "eaten"),
    [
        (("retry", "reporting", "--group", "PhaseStarted", "--as", "gert"), "--as"),
        (("discard", "reporting", ID, "--reason", "--as", "gert"), "--as"),
        (("edit", "reporting", ID, "--as", "--reason", "a typo"), "--reason"),
    ],
)
async def test_an_option_whose_value_was_left_out_does_not_take_the_next_one_for_it(
    words: tuple[str, ...], eaten: str, at_reporting: CommandLine
) -> None:
    refused = await at_reporting("failures", *words)
    said = f"{eaten} is an option and no value; a value was left out before it.\n"
    assert (refused.status, refused.out, refused.err) == (2, "", said)


async def test_of_a_settled_failure_it_is_said_where_its_history_is(
    at_reporting: CommandLine, reporting_service: ServiceUnderTest
) -> None:
    await fail(reporting_service, envelope())
    await at_reporting("failures", "discard", "reporting", ID, "--reason", "a test", *AS_GERT)
    gone = await at_reporting("failures", "show", "reporting", ID, *AS_GERT)
    page = f"{at_reporting.environment['PRAKSIS_REPORTING_URL']}/operations/failures/{ID}"
    said = f"Where it is settled, {page} says what operators have done about it."
    assert (gone.status, gone.out, gone.err.splitlines()[-1]) == (1, "", said)


async def test_another_service_at_an_address_is_not_asked(at_reporting: CommandLine) -> None:
    url = at_reporting.environment["PRAKSIS_REPORTING_URL"]
    refused = await at_reporting.knowing(PRAKSIS_INTAKE_URL=url)("failures", "list", "intake", "--as", "gert")
    said = f"intake at {urlsplit(url).netloc} is reporting. Is it running there? PRAKSIS_INTAKE_URL says where.\n"
    assert (refused.status, refused.out, refused.err) == (3, "", said)
