"""On one machine every e-mail becomes a file that mail programs open."""

import os
import smtplib
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from local.mail_sink import MailSink
from local.ports import LOOPBACK


def send(sink: MailSink, *ids: str | None) -> None:
    port = int(sink.url.partition("?")[0].rpartition(":")[2])
    with smtplib.SMTP(LOOPBACK, port, timeout=10) as server:
        for id in ids:
            message = EmailMessage()
            message["From"], message["To"], message["Subject"] = "a@b.example", "c@d.example", "Bøn"
            if id is not None:
                message["Message-ID"] = id
            message.set_content(".\nÆrø\n")
            server.send_message(message)


@pytest.mark.parametrize(
    ("id", "name"),
    [("<0190-ab@c.example>", "0190-ab.eml"), ("<../../etc/x@c>", "etcx.eml"), (None, "without-id.eml")],
)
def test_a_message_is_a_file_and_the_same_one_again_is_the_same_file(tmp_path: Path, id: str | None, name: str) -> None:
    sink = MailSink(tmp_path / "mail")
    sink.start()
    try:
        send(sink, id, id)
    finally:
        sink.stop()
    (file,) = (tmp_path / "mail").iterdir()
    assert file.name == name
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert (message["Subject"], message.get_content().splitlines()) == ("Bøn", [".", "Ærø"])
    with pytest.raises(OSError):
        send(sink, id)


def test_the_letters_are_for_nobody_else_on_the_machine(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    folder.chmod(0o755)  # as earlier versions left it
    before = os.umask(0)
    sink = MailSink(folder)
    try:
        sink.start()
        send(sink, "<0190-ab@c.example>")
    finally:
        os.umask(before)
        sink.stop()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [file.stat().st_mode & 0o777 for file in folder.iterdir()] == [0o600]
