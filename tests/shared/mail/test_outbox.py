"""An e-mail is owed by the transaction that is the reason for it, and keeps its sentences until it is sent."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import select, text

from shared.database import Database
from shared.errors import Text
from shared.mail.outbox import LARGEST, MOST_ENCLOSURES, Enclosure, Mail, post
from shared.mail.sentences import as_json, from_json

MAIL = Mail("anna@vordingborg.example", "da", Text("Received"), (Text("Thank you, {name}.", {"name": "Åse"}),))
PDF = Enclosure("brev.pdf", "application/pdf", b"%PDF")


async def kept(database: Database) -> list[dict[str, Any]]:
    async with database.work() as work:
        return [dict(row._mapping) for row in await work.session.execute(select(database.tables.mail))]


async def test_an_email_is_kept_with_what_it_tells_of(database: Database) -> None:
    async with database.work() as work:
        id = await post(work, MAIL)
        await work.commit()
        now = work.now
    assert await kept(database) == [
        {
            "id": id,
            "address": "anna@vordingborg.example",
            "language": "da",
            "subject": {"message": "Received", "values": {}},
            "paragraphs": [{"message": "Thank you, {name}.", "values": {"name": "Åse"}}],
            "link": None,
            "unsubscribe": None,
            "created_at": now,
            "attempts": 0,
            "last_attempt_at": None,
            "next_attempt_at": now,
            "last_error": None,
            "sent_at": None,
        }
    ]


async def test_what_is_taken_back_owes_no_email(database: Database) -> None:
    async with database.work() as work:
        await post(work, MAIL)
    assert await kept(database) == []


async def test_enclosures_keep_their_order_and_go_with_their_email(database: Database) -> None:
    async with database.work() as work:
        files = (PDF, Enclosure("ᐃᓄᒃ.txt", "text/plain", b"\x00\xff"))
        id = await post(work, Mail("a@b.example", "en", Text("Two files"), (), enclosures=files))
        await work.commit()
    async with database.work() as work:
        rows = (await work.session.execute(select(database.tables.enclosure).order_by(text("position")))).all()
        assert [tuple(row) for row in rows] == [
            (id, 1, "brev.pdf", "application/pdf", b"%PDF"),
            (id, 2, "ᐃᓄᒃ.txt", "text/plain", b"\x00\xff"),
        ]
        await work.session.execute(database.tables.mail.delete())
        assert (await work.session.execute(select(database.tables.enclosure))).all() == []


class Kind(StrEnum):
    LONG = "long"


@pytest.mark.parametrize(
    "value",
    [
        "Ærø ναι 👩‍🏫 {0} %s",
        "",
        -3,
        date(2026, 11, 3),
        datetime(2026, 11, 3, 22, 59, 59, tzinfo=UTC),
        Text("inner {name}", {"name": Text("innermost")}),
        ["a", 1, date(2026, 1, 1)],
        Kind.LONG,
    ],
)
def test_every_value_comes_back_as_it_was(value: object) -> None:
    sentence = Text("It is {value}.", {"value": value})
    assert from_json(as_json(sentence)) == sentence


@pytest.mark.parametrize("value", [True, 1.5, None, object(), {"a": 1}, b"bytes"])
def test_other_values_are_refused_at_once(value: object) -> None:
    with pytest.raises(TypeError):
        as_json(Text("It is {value}.", {"value": value}))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "anna@",
        "@b.example",
        "a@b.example,c@d.example",
        "a@b.example\r\nBcc: x@y.example",
        "a@b.example\n",
        "Anna <a@b.example>",
        "a b@c.example",
        "a@b@c.example",
        "a\x00@b.example",
        f"{'a' * 242}@b.example.dk",
    ],
)
def test_what_is_not_one_address_is_refused_without_being_said(address: str) -> None:
    with pytest.raises(ValueError) as refused:
        Mail(address, "da", Text("Received"), ())
    assert str(refused.value) == "an e-mail goes to one address"


@pytest.mark.parametrize("address", ["a@b.example", "åse.o'neil+børn@ærø.example", f"{'a' * 241}@b.example.dk"])
def test_addresses_as_people_have_them_are_taken(address: str) -> None:
    assert Mail(address, "da", Text("Received"), ()).to == address


@pytest.mark.parametrize(
    "link", ["", "applications", "//elsewhere.example", "/\\elsewhere.example", "https://a.example", "/a b", "/a\n"]
)
def test_a_link_leads_nowhere_else(link: str) -> None:
    with pytest.raises(ValueError, match="a path of the service"):
        Mail("a@b.example", "da", Text("Received"), (), link)


@pytest.mark.parametrize("name", ["", "a/b.pdf", "a\\b.pdf", "a\r\nb.pdf", "\x00"])
def test_a_file_needs_a_proper_name(name: str) -> None:
    with pytest.raises(ValueError, match="has a name"):
        Mail("a@b.example", "da", Text("Received"), (), enclosures=(Enclosure(name, "text/plain", b""),))


@pytest.mark.parametrize("media_type", ["", "pdf", "a/b; c=d", "a/b\r\nX: y"])
def test_a_file_needs_a_media_type(media_type: str) -> None:
    with pytest.raises(ValueError, match="media type"):
        Mail("a@b.example", "da", Text("Received"), (), enclosures=(Enclosure("a", media_type, b""),))


def test_enclosures_are_bounded() -> None:
    half = Enclosure("half", "text/plain", bytes(LARGEST // 2))
    assert len(Mail("a@b.example", "da", Text("Received"), (), enclosures=(half, half)).enclosures) == 2
    for files in ((half, half, Enclosure("one", "text/plain", b"1")), (PDF,) * (MOST_ENCLOSURES + 1)):
        with pytest.raises(ValueError, match="at most"):
            Mail("a@b.example", "da", Text("Received"), (), enclosures=files)
