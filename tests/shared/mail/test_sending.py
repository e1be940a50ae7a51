"""What is owed is sent once the mail server takes it: once, in the reader's language, and without a trick in it."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from mail_server import MailServerOfTest, mail_server
from sqlalchemy import MetaData, select, text
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from shared.clock import FixedClock
from shared.database import Database
from shared.errors import Text
from shared.mail import owed, sender
from shared.mail.outbox import Enclosure, Mail, post
from shared.mail.sender import MailSender
from shared.mail.server import MailServer, Session, Silent
from shared.mail.settings import MailServerAddress, MailSettings
from shared.mail.standing import ServerStanding, ServerState, server_standing
from shared.mailbox import as_written
from shared.tables import kernel_tables
from shared.translations import Catalogue

MOMENT = datetime(2030, 3, 4, 8, tzinfo=UTC)
ANNA = "anna@vordingborg.example"
MAIL = Mail(ANNA, "da", Text("Failed events"), (Text("Hello {name}", {"name": "Anna"}),))


@pytest.fixture
async def own(database: Database) -> AsyncIterator[Database]:
    """The database by a clock that stands still until it is set."""
    tables = kernel_tables(MetaData(schema="intake"))
    own = Database(database.dsn, service="intake", tables=tables, clock=FixedClock(MOMENT))
    yield own
    await own.close()


def later(database: Database, by: timedelta) -> None:
    clock = database.clock
    assert isinstance(clock, FixedClock)
    clock.instant += by


def mail_sender(database: Database, url: str | None) -> MailSender:
    settings = MailSettings.model_validate(
        {
            "mail_server": url,
            "mail_sender": "Praksis <praksis@corps.example>",
            "intake_url": "https://praksis.example/",
        }
    )
    return MailSender(database=database, settings=settings, catalogue=Catalogue.read())


async def owe(database: Database, *mails: Mail) -> list[UUID]:
    async with database.work() as work:
        ids = [await post(work, each) for each in mails]
        await work.commit()
        return ids


async def kept(database: Database) -> list[tuple[object, ...]]:
    """Of each e-mail its attempts, its last error, whether another attempt comes, and when it was sent."""
    mail = database.tables.mail
    columns = (mail.c.attempts, mail.c.last_error, mail.c.next_attempt_at.is_not(None), mail.c.sent_at)
    async with database.work() as work:
        return [tuple(row) for row in await work.session.execute(select(*columns).order_by(mail.c.id))]


async def standing(database: Database) -> ServerStanding | None:
    async with database.work() as work:
        return await server_standing(work)


@asynccontextmanager
async def session_with(server: MailServerOfTest) -> AsyncIterator[Session]:
    async with MailServer(MailServerAddress.parse(server.url)).session() as session:
        yield session


async def send_due(database: Database, server: MailServerOfTest) -> None:
    """Send what is due, as a worker would in one turn."""
    async with session_with(server) as session:
        sending = mail_sender(database, server.url)
        while await sending.send_next(session):
            pass


@asynccontextmanager
async def running(mailing: MailSender) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(mailing.run(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


async def until_sent(server: MailServerOfTest, mails: int) -> None:
    async with asyncio.timeout(20):
        while len(server.taken) < mails:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("length", [10, 200])
async def test_a_newsletter_says_on_one_line_where_a_program_unsubscribes(own: Database, length: int) -> None:
    path = f"/unsubscribe/{'a' * length}"
    async with mail_server() as server:
        await owe(own, MAIL, replace(MAIL, unsubscribe=path))
        await send_due(own, server)
    plain, newsletter = (each.content for each in server.taken)
    line = f"\r\nList-Unsubscribe: <https://praksis.example{path}>\r\n".encode()
    click = b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    assert [(line in each, click in each) for each in (plain, newsletter)] == [(False, False), (True, True)]


async def test_an_email_is_sent_once_in_the_language_of_its_reader(own: Database) -> None:
    day = date(2026, 11, 3)
    mail = Mail(
        ANNA,
        "da",
        Text("Failed events"),
        (Text("Status"), Text("On {day}: {what}", {"day": day, "what": Text("Reason")}), Text("Bøn 🌱\nᐃᓄᒃ, أحمد")),
        link="/applications/1?a=b",
        enclosures=(Enclosure("afgørelse – Åse.pdf", "application/pdf", b"%PDF-1.7\r\n.\r\n\x00\xff"),),
    )
    (id,) = await owe(own, mail)
    async with mail_server() as server:
        await send_due(own, server)
        await send_due(own, server)
        (taken,) = server.taken
    assert (taken.sender, taken.recipients) == ("praksis@corps.example", [ANNA])
    message = taken.message
    assert {name: str(value) for name, value in message.items() if not name.startswith("Content-Type")} == {
        "Message-ID": f"<{id}@corps.example>",
        "Date": "Mon, 04 Mar 2030 08:00:00 +0000",
        "From": "Praksis <praksis@corps.example>",
        "To": ANNA,
        "Subject": "Fejlede hændelser",
        "Content-Language": "da",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
    }
    assert taken.text.splitlines() == [
        "Status",
        "",
        "On 3. november 2026: Årsag",
        "",
        "Bøn 🌱",
        "ᐃᓄᒃ, أحمد",
        "",
        "https://praksis.example/applications/1?a=b",
    ]
    (file,) = message.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("afgørelse – Åse.pdf", "application/pdf")
    assert file.get_payload(decode=True) == b"%PDF-1.7\r\n.\r\n\x00\xff"
    assert await kept(own) == [(1, None, False, MOMENT)]


@pytest.mark.parametrize(
    "name", ["Åse Ærø", "ᐊᓂᓪᓕ", "أحمد بن علي", "Ōta 太田", "x" * 10_000, "👩‍👩‍👧", "{{ 7*7 }} {name} %s", "<b>"]
)
async def test_names_arrive_as_they_are_written(own: Database, name: str) -> None:
    await owe(own, Mail(ANNA, "en", Text("To {name}", {"name": name}), (Text("Hello {name}", {"name": name}),)))
    async with mail_server() as server:
        await send_due(own, server)
        (taken,) = server.taken
    assert str(taken.message["Subject"]) == f"To {name}"
    assert taken.text == f"Hello {name}\n"
    assert max(map(len, taken.content.split(b"\r\n"))) <= 998
    assert taken.content.isascii()


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028"])
async def test_no_value_becomes_a_header(own: Database, end: str) -> None:
    name = f"Anna{end}Bcc: someone@else.example{end}{end}Buy!"
    await owe(own, Mail(ANNA, "en", Text("To {name}", {"name": name}), (Text("Hello"),)))
    async with mail_server() as server:
        await send_due(own, server)
        (taken,) = server.taken
    assert taken.recipients == [ANNA]
    assert "Bcc" not in taken.message
    assert str(taken.message["Subject"]).startswith("To Anna")
    assert taken.text == "Hello\n"


async def test_a_dot_alone_on_a_line_ends_nothing(own: Database) -> None:
    await owe(own, Mail(ANNA, "en", Text("Dots"), (Text("before\n.\nRCPT TO:<x@y.example>\n.\nafter"),)))
    async with mail_server() as server:
        await send_due(own, server)
        (taken,) = server.taken
    assert taken.text.splitlines() == ["before", ".", "RCPT TO:<x@y.example>", ".", "after"]


async def test_a_domain_of_other_letters_needs_no_special_server(own: Database) -> None:
    await owe(own, Mail("anna@ærø.example", "da", Text("Status"), (Text("Status"),)))
    async with mail_server(utf8=False) as server:
        await send_due(own, server)
        assert server.taken[0].recipients == ["anna@xn--r-3fa9c.example"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("anna@straße.example", "anna@xn--strae-oqa.example"),
        ("anna+kursus@EXAMPLE.org", "anna+kursus@example.org"),
        ("o'neill.{a|b}~#$%&*/=^?_`-!@example.org", "o'neill.{a|b}~#$%&*/=^?_`-!@example.org"),
        (f"{'a' * 64}@{'.'.join(['b' * 60] * 3)}.dk", f"{'a' * 64}@{'.'.join(['b' * 60] * 3)}.dk"),
    ],
)
async def test_the_mail_server_is_told_the_address_that_was_looked_at(own: Database, written: str, told: str) -> None:
    await owe(own, replace(MAIL, to=as_written(written)))
    async with mail_server() as server:
        await send_due(own, server)
    (taken,) = server.taken
    assert (taken.recipients, taken.message["To"]) == ([told], told)
    assert f"\r\nTo: {told}\r\n".encode() in taken.content


async def test_an_address_that_can_be_read_in_two_ways_is_given_up_at_once(own: Database) -> None:
    """Rows of before may hold one: as encoded words, of two recipients or of a character that no server takes."""
    encoded = ["=?utf-8?q?anna=40else.example=2Cbo?=@example.org", "=?utf-8?q?anna=00?=@example.org"]
    await owe(own, MAIL, MAIL, MAIL)
    mail = own.tables.mail
    async with own.work() as work:
        ids = list(await work.session.scalars(select(mail.c.id).order_by(mail.c.id)))
        for id, address in zip(ids, encoded, strict=False):
            await work.session.execute(mail.update().where(mail.c.id == id).values(address=address))
        await work.commit()
    async with mail_server() as server:
        await send_due(own, server)
        later(own, timedelta(days=30))
        await send_due(own, server)
    assert [taken.recipients for taken in server.taken] == [[ANNA]]
    assert await kept(own) == [(1, "NoAddress", False, None)] * 2 + [(1, None, False, MOMENT)]


async def test_an_address_of_other_letters_goes_through_servers_that_take_them(own: Database) -> None:
    mail = Mail("åse@ærø.example", "da", Text("Status"), (Text("Status"),))
    await owe(own, mail)
    async with mail_server(utf8=False) as server:
        await send_due(own, server)
        assert server.taken == []
    assert await kept(own) == [(1, "SMTPNotSupported", False, None)]
    await owe(own, mail)
    async with mail_server() as server:
        await send_due(own, server)
        assert server.taken[0].recipients == ["åse@xn--r-3fa9c.example"]


@pytest.mark.parametrize("code", [550, 553, 571])
async def test_a_recipient_who_is_not_there_brings_the_email_to_rest(own: Database, code: int) -> None:
    await owe(own, MAIL, Mail("bo@vordingborg.example", "da", Text("Status"), (Text("Status"),)))
    async with mail_server() as server:
        server.to_recipient = lambda address: f"{code} <{address}> is unknown" if address == ANNA else "250 OK"
        await send_due(own, server)
        later(own, timedelta(days=30))
        await send_due(own, server)
        assert [taken.recipients for taken in server.taken] == [["bo@vordingborg.example"]]
    assert await kept(own) == [(1, f"SMTPRecipientRefused {code}", False, None), (1, None, False, MOMENT)]


async def test_a_message_that_is_refused_for_good_rests_too(own: Database) -> None:
    await owe(own, MAIL)
    async with mail_server() as server:
        server.to_data = lambda content: "554 That is spam"
        await send_due(own, server)
    assert await kept(own) == [(1, "SMTPDataError 554", False, None)]


@pytest.mark.parametrize("code", [421, 450, 451, 552])
async def test_a_server_that_asks_for_patience_is_asked_again_ever_later(own: Database, code: int) -> None:
    await owe(own, MAIL)
    waits = []
    async with mail_server() as server:
        server.to_recipient = lambda address: f"{code} {address}: later"
        for _ in range(len(owed.SCHEDULE) + 1):
            async with own.work() as work:
                due = await work.session.scalar(select(own.tables.mail.c.next_attempt_at))
                assert due is not None
                waits.append(due - work.now)
            later(own, waits[-1])
            await send_due(own, server)
        assert server.taken == []
        assert waits[0] == timedelta()
        for waited, pause in zip(waits[1:], owed.SCHEDULE, strict=True):
            assert pause <= waited <= pause * 1.2
        assert await kept(own) == [(len(owed.SCHEDULE) + 1, f"SMTPRecipientRefused {code}", False, None)]


async def test_an_email_that_was_put_off_is_sent_when_its_time_comes(own: Database) -> None:
    await owe(own, MAIL)
    async with mail_server() as server:
        server.to_recipient = lambda address: "451 later"
        await send_due(own, server)
        server.to_recipient = lambda address: "250 OK"
        later(own, timedelta(seconds=59))
        await send_due(own, server)
        assert server.taken == []
        later(own, timedelta(seconds=14))
        await send_due(own, server)
        assert len(server.taken) == 1
    assert await kept(own) == [(2, None, False, MOMENT + timedelta(seconds=73))]


@pytest.mark.parametrize(("days", "is_sent"), [(1.2, False), (1.201, True)])
async def test_an_email_that_was_owed_while_the_clock_was_ahead_does_not_wait_until_then(
    own: Database, days: float, is_sent: bool
) -> None:
    """No pause is longer than a day and a fifth of it."""
    later(own, timedelta(days=days))
    await owe(own, MAIL)
    later(own, -timedelta(days=days))
    async with mail_server() as server:
        await send_due(own, server)
        assert len(server.taken) == is_sent


async def test_while_the_mail_server_is_away_emails_wait_and_no_attempt_is_counted(
    own: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "SHORTEST_PAUSE", 0.05)
    monkeypatch.setattr(sender, "LONGEST_PAUSE", 0.1)
    await owe(own, MAIL, MAIL)
    async with mail_server(is_open=False) as server, running(mail_sender(own, server.url)):
        async with asyncio.timeout(20):
            while await standing(own) is None:
                await asyncio.sleep(0.02)
        found = await standing(own)
        assert found is not None
        assert (found.state, found.since) == (ServerState.SILENT, MOMENT)
        assert found.reason in {"SMTPConnectError", "ConnectionRefusedError"}
        assert await kept(own) == [(0, None, True, None)] * 2
        later(own, timedelta(days=30))
        await server.open()
        await until_sent(server, 2)
        await asyncio.sleep(0.1)
        assert len(server.taken) == 2
    assert await kept(own) == [(1, None, False, MOMENT + timedelta(days=30))] * 2
    assert await standing(own) == ServerStanding(
        ServerState.ANSWERS, None, MOMENT + timedelta(days=30), MOMENT + timedelta(days=30)
    )


async def test_without_a_mail_server_emails_wait(own: Database) -> None:
    await owe(own, MAIL)
    async with running(mail_sender(own, None)):
        async with asyncio.timeout(20):
            while await standing(own) is None:
                await asyncio.sleep(0.02)
    assert await standing(own) == ServerStanding(ServerState.UNSET, None, MOMENT, MOMENT)
    assert await kept(own) == [(0, None, True, None)]


async def test_of_a_sent_email_only_that_it_went_and_its_kind_is_kept(own: Database) -> None:
    file = Enclosure("Anna.pdf", "application/pdf", b"Anna")
    secret = replace(MAIL, subject=Text("To {name}", {"name": "Anna"}), link="/x/token", unsubscribe="/u/token")
    (id,) = await owe(own, replace(secret, enclosures=(file,)))
    async with mail_server() as server:
        await send_due(own, server)
    assert "Anna" in server.taken[0].text
    async with own.work() as work:
        (row,) = (await work.session.execute(select(own.tables.mail))).all()
        files = (await work.session.execute(select(own.tables.enclosure))).all()
    assert (row.id, row.sent_at, row.subject, files) == (id, MOMENT, {"message": "To {name}", "values": {}}, [])
    assert not {"Anna", "anna", "token"} & set(re.findall(r"\w+", str(row)))


async def test_what_was_sent_before_a_crash_is_sent_again_as_the_same_message(
    own: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    (id,) = await owe(own, MAIL)

    async def crash(*_: object) -> None:
        raise RuntimeError("the database went away")

    async with mail_server() as server:
        with monkeypatch.context() as patched:
            patched.setattr(owed, "mark_sent", crash)
            with pytest.raises(RuntimeError):
                await send_due(own, server)
        assert await kept(own) == [(1, "Interrupted", True, None)]
        later(own, timedelta(seconds=72))
        await send_due(own, server)
        await send_due(own, server)
        first, second = server.taken
    assert first.message["Message-ID"] == second.message["Message-ID"] == f"<{id}@corps.example>"
    assert first.content == second.content
    assert await kept(own) == [(2, None, False, MOMENT + timedelta(seconds=72))]


async def test_a_database_at_fault_costs_no_attempt_and_has_nothing_sent_twice(own: Database) -> None:
    await owe(own, MAIL, MAIL)
    async with own.work() as work:
        full = "returns trigger language plpgsql as $$ begin raise sqlstate '53100'; end $$"
        await work.session.execute(text(f"create function intake.full() {full}"))
        when = "before update of sent_at on intake.mail for each row execute function intake.full()"
        await work.session.execute(text(f"create trigger is_full {when}"))
        await work.commit()
    async with mail_server() as server:
        sending = mail_sender(own, server.url)
        async with session_with(server) as session:
            for _ in range(3):
                with pytest.raises(DBAPIError):
                    await sending.send_next(session)
            async with own.work() as work:
                await work.session.execute(text("drop trigger is_full on intake.mail"))
                await work.commit()
            while await sending.send_next(session):
                pass
        assert len(server.taken) == 2
    assert [attempts for attempts, *_ in await kept(own)] == [1, 1]


async def test_two_senders_at_once_send_each_email_once(own: Database) -> None:
    await owe(own, *(Mail(f"{number}@b.example", "da", Text("Status"), (Text("Status"),)) for number in range(20)))
    async with mail_server() as server:
        server.data_delay = 0.01
        await asyncio.gather(*(send_due(own, server) for _ in range(4)))
        assert sorted(taken.recipients[0] for taken in server.taken) == sorted(f"{n}@b.example" for n in range(20))
    assert await kept(own) == [(1, None, False, MOMENT)] * 20


async def test_an_email_that_another_sender_looks_at_for_a_moment_is_sent_all_the_same(own: Database) -> None:
    await owe(own, MAIL)
    async with own.work() as work:
        attempt = await owed.begin_next(work)
        await work.commit()
    assert attempt is not None
    async with own.work() as ours:
        async with own.work() as another:
            await another.session.execute(select(another.tables.mail.c.id).with_for_update())
            locking = asyncio.create_task(owed.lock_owed(ours, attempt))
            await asyncio.sleep(0.2)
        mail = await asyncio.wait_for(locking, 10)
        assert mail is not None
        assert mail.id == attempt.mail_id


async def test_a_clock_that_leaps_while_an_email_is_on_its_way_sends_it_once(own: Database) -> None:
    await owe(own, MAIL)
    async with mail_server() as server:
        server.data_delay = 0.5
        first = asyncio.create_task(send_due(own, server))
        await asyncio.sleep(0.2)
        later(own, timedelta(days=365))
        await send_due(own, server)
        await first
        assert len(server.taken) == 1


async def test_a_connection_that_breaks_costs_one_attempt_and_no_other_email(own: Database) -> None:
    await owe(own, MAIL, MAIL)
    async with mail_server() as server:
        server.hangs_up = True
        async with session_with(server) as session:
            assert not await mail_sender(own, server.url).send_next(session)
        assert await kept(own) == [(1, "SMTPServerDisconnected", True, None), (0, None, True, None)]
        server.hangs_up = False
        later(own, timedelta(minutes=2))
        await send_due(own, server)
        assert len(server.taken) == 2


async def test_an_email_that_cannot_be_read_rests_and_holds_up_no_other(own: Database) -> None:
    await owe(own, MAIL, MAIL)
    async with own.work() as work:
        first = (
            "update intake.mail set subject = '{\"words\": 1}' where id = (select min(id::text)::uuid from intake.mail)"
        )
        await work.session.execute(text(first))
        await work.commit()
    async with mail_server() as server:
        await send_due(own, server)
        assert len(server.taken) == 1
    assert await kept(own) == [(1, "KeyError", False, None), (1, None, False, MOMENT)]


async def test_nobody_s_address_or_name_is_in_the_log(own: Database, caplog: pytest.LogCaptureFixture) -> None:
    await owe(own, MAIL, MAIL, Mail("bo@vordingborg.example", "da", Text("Status"), (Text("Anna"),)))
    answers = iter(["550 <anna@vordingborg.example> Anna is unknown", "451 anna@vordingborg.example later", "250 OK"])
    with caplog.at_level(logging.DEBUG), capture_logs() as logs:
        async with mail_server() as server:
            server.to_recipient = lambda address: next(answers)
            await send_due(own, server)
    assert len(logs) == 3
    assert "vordingborg" not in str(logs).lower()
    assert "anna" not in str(logs).lower()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("shared")]
    assert "vordingborg" not in str(ours)


async def test_a_server_that_is_not_one_for_mail_is_silent() -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(Silent):
        async with MailServer(MailServerAddress.parse(f"smtp://127.0.0.1:{port}?tls=none")).session():
            pass
    server.close()


async def test_no_email_goes_unencrypted_unless_the_settings_say_so() -> None:
    async with mail_server() as server:
        with pytest.raises(Silent):
            async with MailServer(MailServerAddress.parse(f"smtp://127.0.0.1:{server.port}")).session():
                pass
