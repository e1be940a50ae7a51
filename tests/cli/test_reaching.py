"""What is said where a part of Praksis is not there or does not let anybody in: what to look at, and no secret."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from command_line import CommandLine, finish
from events_written import round_opened

SECRET = "hunter2"
READING = ("events", "tail", "--from", "first", "--no-follow", "--json")
PUBLISHING = ("events", "publish", "--json", "-")


class Line:
    """A line to the broker that can be cut, and is cut when so many bytes have gone to the broker."""

    def __init__(self, url: str, bytes_to_broker: int = sys.maxsize) -> None:
        self._broker = urlsplit(url)
        self._left = bytes_to_broker
        self._ends: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> "Line":
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = self._broker._replace(
            netloc=f"{self._broker.username}:{self._broker.password}@127.0.0.1:{port}"
        ).geturl()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()

    def cut(self) -> None:
        for end in self._ends:
            end.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._broker.hostname, self._broker.port)
        self._ends += [writer, back]
        await asyncio.gather(
            self._carry(reader, back, counted=True), self._carry(there, writer), return_exceptions=True
        )

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool = False
    ) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
            self._left -= len(data) if counted else 0
            if self._left < 0:
                self.cut()
        writer.close()


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[int]:
    """The port of somebody who gives everybody the same answer."""

    async def give(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65_536)
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(give, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


def with_password(url: str) -> str:
    user, _, host = url.partition("@")
    return f"{user.rpartition(':')[0]}:{SECRET}@{host}"


Change = Callable[[str], str]


@pytest.mark.parametrize("command", [READING, PUBLISHING])
@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        (with_password, 3, "does not take the user and password in PRAKSIS_AMQP_URL"),
        (lambda url: f"{url}-elsewhere", 3, "does not let this user into the virtual host that PRAKSIS_AMQP_URL names"),
        (lambda _: f"amqp://u:{SECRET}@127.0.0.1:1/", 3, "RabbitMQ at 127.0.0.1:1 cannot be reached"),
        (lambda _: f"amqp://u:{SECRET}@nowhere.invalid/", 3, "RabbitMQ at nowhere.invalid cannot be reached"),
        (lambda _: f"http://u:{SECRET}@127.0.0.1/", 2, "PRAKSIS_AMQP_URL is no address"),
        (lambda _: f"amqp://u:{SECRET}@127.0.0.1:99999/", 2, "PRAKSIS_AMQP_URL is no address"),
        (lambda _: f"amqp://u:{SECRET}@/", 2, "PRAKSIS_AMQP_URL is no address"),
        (lambda _: SECRET, 2, "PRAKSIS_AMQP_URL is no address"),
        (lambda _: "", 2, "PRAKSIS_AMQP_URL is not set"),
    ],
)
async def test_a_broker_that_cannot_be_reached_is_told_with_the_setting_that_names_it(
    command: tuple[str, ...], change: Change, status: int, said: str, shell: CommandLine, vhost: str
) -> None:
    at_broker = shell.knowing(PRAKSIS_AMQP_URL=change(vhost))
    answer = await at_broker(*command, typed=json.dumps(round_opened()))
    assert answer.status == status
    assert said in answer.err
    assert "PRAKSIS_AMQP_URL" in answer.err
    assert SECRET not in answer.out + answer.err
    assert str(urlsplit(vhost).password) not in answer.out + answer.err
    if command == PUBLISHING:
        assert answer.document == {"events": 1, "published": [], "problems": []}
    else:
        assert answer.out == ""


async def test_who_follows_the_log_is_told_where_the_line_was_cut(at_broker: CommandLine, vhost: str) -> None:
    async with Line(vhost) as line:
        await at_broker(*PUBLISHING, typed=json.dumps(round_opened()))
        running = await at_broker.knowing(PRAKSIS_AMQP_URL=line.url).start(*READING[:4], "--json")
        assert running.stdout is not None
        await asyncio.wait_for(running.stdout.readline(), 30)
        line.cut()
        cut = await finish(running)
    assert (cut.status, cut.out) == (3, "")
    assert cut.err == "The connection to RabbitMQ was lost. Go on with --from 1.\n"


async def test_what_was_published_before_the_line_was_cut_is_told(at_broker: CommandLine, vhost: str) -> None:
    documents = [round_opened(number) for number in range(1, 1501)]
    async with Line(vhost, bytes_to_broker=400_000) as line:
        at_line = at_broker.knowing(PRAKSIS_AMQP_URL=line.url)
        cut = await at_line(*PUBLISHING, typed="\n".join(map(json.dumps, documents)))
    published = cut.document["published"]
    assert (cut.status, cut.err) == (3, "The connection to RabbitMQ was lost.\n")
    assert 0 < len(published) < len(documents)
    arrived = [each["id"] for each in (await at_broker(*READING)).documents]
    assert arrived[: len(published)] == published == [each["id"] for each in documents[: len(published)]]
    again = await at_broker(*PUBLISHING, typed="\n".join(map(json.dumps, documents[len(published) :])))
    assert again.status == 0


@pytest.mark.parametrize("url", ["ftp://x/", "http://", "http://[::1", "intake", f"http://u:{SECRET}@h:99999"])
async def test_an_address_of_a_service_that_is_none_is_wrong_usage(url: str, shell: CommandLine) -> None:
    answer = await shell.knowing(PRAKSIS_INTAKE_URL=url)("failures", "list", "intake", "--as", "gert")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err == "PRAKSIS_INTAKE_URL is no address such as http://127.0.0.1:8101.\n"


async def test_a_service_that_is_not_there_is_told_without_its_credentials(shell: CommandLine) -> None:
    for address in ("127.0.0.1:1", "[::1]:1", "nowhere.invalid"):
        url = f"http://u:{SECRET}@{address}/"
        answer = await shell.knowing(PRAKSIS_INTAKE_URL=url)("failures", "list", "intake", "--as", "gert")
        assert (answer.status, answer.out) == (3, "")
        assert answer.err == (
            f"intake at {address} cannot be reached. Is it running there? PRAKSIS_INTAKE_URL says where.\n"
        )


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi", "200, but not as Praksis does"),
        (b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", "302, but not as Praksis does"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "404, but not as Praksis does"),
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "503"),
    ],
)
async def test_somebody_else_at_the_address_is_not_taken_for_a_service(
    answer: bytes, status: str, shell: CommandLine
) -> None:
    async with answering(answer) as port:
        at_stranger = shell.knowing(PRAKSIS_INTAKE_URL=f"http://127.0.0.1:{port}", PRAKSIS_TOKEN=SECRET)
        refused = await at_stranger("failures", "list", "intake")
    assert refused.err == (
        f"intake at 127.0.0.1:{port} answers with {status}. Is it running there? PRAKSIS_INTAKE_URL says where.\n"
    )
    assert (refused.status, refused.out) == (3, "")


async def test_services_that_do_not_answer_are_named_after_ten_seconds(shell: CommandLine) -> None:
    """As with a database that is silent: it took half a minute for each, one after the other."""

    async def listen(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    services = ("intake", "scheduling", "reporting")
    urls = {f"PRAKSIS_{service.upper()}_URL": f"http://{address}" for service in services}
    began = time.monotonic()
    answer = await shell.knowing(**urls)("failures", "list", "--as", "gert")
    took = time.monotonic() - began
    server.close()
    assert (answer.status, answer.out) == (3, "")
    assert answer.err.splitlines() == [
        f"{service} at {address} has not answered within 10 seconds. Is it running there? "
        f"PRAKSIS_{service.upper()}_URL says where."
        for service in services
    ]
    assert took < 25


async def test_settings_that_make_no_sense_are_named_without_what_they_say(shell: CommandLine) -> None:
    confused = shell.knowing(PRAKSIS_ENVIRONMENT=SECRET, PRAKSIS_LOG_LEVEL=SECRET)
    for command in (("status",), READING, ("failures", "list")):
        answer = await confused(*command)
        assert (answer.status, answer.out) == (2, "")
        assert (
            answer.err == "The environment has settings that make no sense: PRAKSIS_ENVIRONMENT, PRAKSIS_LOG_LEVEL.\n"
        )
