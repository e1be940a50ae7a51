"""Where e-mails are handed over is read from one address, which is never repeated when it is wrong."""

import pytest
from pydantic import ValidationError

from shared.mail.settings import MailServerAddress, MailSettings


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", ("mail.example", 587, "starttls", None, None)),
        ("smtp://mail.example:2525/", ("mail.example", 2525, "starttls", None, None)),
        ("smtps://mail.example", ("mail.example", 465, "implicit", None, None)),
        ("smtp://127.0.0.1:25?tls=none", ("127.0.0.1", 25, "none", None, None)),
        ("smtps://a%40b.example:p%2F%3A@mail.example:1", ("mail.example", 1, "implicit", "a@b.example", "p/:")),
    ],
)
def test_an_address_says_how_the_server_is_spoken_to(url: str, expected: tuple[object, ...]) -> None:
    address = MailServerAddress.parse(url)
    assert (address.host, address.port, address.tls, address.username, address.password) == expected
    assert "p/:" not in repr(address)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "smtp://:25",
        "smtp://mail.example/path",
        "smtp://mail.example?tls=maybe",
        "smtps://mail.example?tls=none",
        "smtp://mail.example:port",
    ],
)
def test_what_is_no_address_stops_the_worker(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        MailSettings(mail_server=url)
    assert url not in str(refused.value)


@pytest.mark.parametrize("url", [None, "", " "])
def test_no_address_is_no_mail_server(url: str | None) -> None:
    assert MailSettings(mail_server=url).server_address() is None


@pytest.mark.parametrize(
    "sender", ["praksis@corps.example", "Praksis <praksis@corps.example>", '"Ærø, korpset" <a@b.example>']
)
def test_a_sender_is_one_address(sender: str) -> None:
    assert "@" in MailSettings(mail_sender=sender).sender_address().addr_spec


@pytest.mark.parametrize(
    "sender", ["", "Praksis", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", "<>", "a@"]
)
def test_a_sender_that_is_none_stops_the_worker(sender: str) -> None:
    with pytest.raises(ValidationError, match="must be one address"):
        MailSettings(mail_sender=sender)


def test_links_lead_to_the_service_that_posts() -> None:
    settings = MailSettings(scheduling_url="https://praksis.example/courses/")
    assert settings.home_of("scheduling") == "https://praksis.example/courses"
