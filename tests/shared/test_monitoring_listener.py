"""The little HTTP that a worker speaks: what it answers, and whom it does not wait for."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from local.ports import LOOPBACK, free_port, give_back
from shared.monitoring import listener
from shared.monitoring.listener import CannotListen, Listener, Page


async def hello(request: Request) -> ASGIApp:
    return PlainTextResponse(f"hello {request.headers.get('x-name', 'you')}")


async def large(_: Request) -> ASGIApp:
    return Response(b"x" * 20_000_000)


async def broken(_: Request) -> ASGIApp:
    raise RuntimeError("a secret")


PAGES: Mapping[str, Page] = {"/hello": hello, "/large": large, "/broken": broken}


@asynccontextmanager
async def listening() -> AsyncIterator[int]:
    """The port on which the pages are answered."""
    port, stop, listens = free_port(), asyncio.Event(), Listener(PAGES)
    listens.open(LOOPBACK, port)
    running = asyncio.create_task(listens.run(stop))
    try:
        yield port
    finally:
        stop.set()
        await asyncio.wait_for(running, 2)
        give_back(port)


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async with listening() as port:
        yield port


@pytest.fixture
async def client(port: int) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{port}", trust_env=False, timeout=5) as client:
        yield client


async def said(port: int, request: bytes) -> bytes:
    """Everything that comes back until the connection ends."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(request)
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    return answer


async def test_a_page_is_answered_and_told_the_headers(client: httpx.AsyncClient) -> None:
    answer = await client.get("/hello?to=nobody", headers={"X-Name": "Grethe"})
    assert (answer.status_code, answer.text) == (200, "hello Grethe")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


async def test_head_is_get_without_the_body(port: int) -> None:
    head, _, body = (await said(port, b"HEAD /hello HTTP/1.1\r\nHost: here\r\n\r\n")).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"content-length: 9" in head
    assert body == b""


async def test_a_large_answer_comes_whole(client: httpx.AsyncClient) -> None:
    assert len((await client.get("/large")).content) == 20_000_000


@pytest.mark.parametrize("path", ["/", "/hello/", "/HELLO", "//hello", "/metrics"])
async def test_an_unknown_path_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get"])
async def test_nothing_but_get_and_head_is_allowed(port: int, method: str) -> None:
    answer = await said(port, f"{method} /hello HTTP/1.1\r\nHost: here\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 405 Method Not Allowed\r\n")
    allowed = next(line for line in answer.splitlines() if line.startswith(b"allow: "))
    assert set(allowed.removeprefix(b"allow: ").split(b", ")) == {b"GET", b"HEAD"}


async def test_a_page_that_fails_says_so_and_no_more(client: httpx.AsyncClient) -> None:
    answer = await client.get("/broken")
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")


@pytest.mark.parametrize(
    "request_sent",
    [
        b"\r\n\r\n",
        b"GET /hello\r\n\r\n",
        b"GET  /hello HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\r\n\r\n",
        b"GET / HTTP/2\r\n\r\n",
    ],
)
async def test_what_is_no_request_is_refused(port: int, request_sent: bytes) -> None:
    assert (await said(port, request_sent)).startswith(b"HTTP/1.1 400 Bad Request\r\n")


async def test_endless_headers_are_refused(port: int) -> None:
    answer = await said(port, b"GET /hello HTTP/1.1\r\nX: " + b"x" * 17_000)
    assert answer.startswith(b"HTTP/1.1 400 ")


async def test_a_client_that_goes_does_no_harm(port: int, client: httpx.AsyncClient) -> None:
    for sent in (b"", b"GET /hel", b"GET /large HTTP/1.1\r\n\r\n"):
        _, writer = await asyncio.open_connection(LOOPBACK, port)
        writer.write(sent)
        await writer.drain()
        writer.transport.abort()
    assert (await client.get("/hello")).status_code == 200


@pytest.mark.parametrize("sent", [b"", b"GET /hello HTTP/1.1\r\n", b"GET /large HTTP/1.1\r\n\r\n"])
async def test_slow_clients_are_left_and_others_are_answered(
    port: int, client: httpx.AsyncClient, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "CLIENT_WITHIN", 0.5)
    slow = [await asyncio.open_connection(LOOPBACK, port, limit=10) for _ in range(listener.MOST_CLIENTS - 1)]
    for _, writer in slow:
        writer.write(sent)
    await asyncio.sleep(0.2)
    assert (await client.get("/hello")).status_code == 200
    await asyncio.sleep(0.6)
    for reader, writer in slow:
        async with asyncio.timeout(5):  # it has ended, however much is left to read
            try:
                while await reader.read(1_000_000):
                    pass
            except ConnectionResetError:
                pass
        writer.close()


async def test_more_clients_than_there_is_room_for_are_turned_away_until_there_is(
    port: int, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "CLIENT_WITHIN", 0.5)
    silent = [await asyncio.open_connection(LOOPBACK, port) for _ in range(listener.MOST_CLIENTS)]
    await asyncio.sleep(0.1)
    with pytest.raises(httpx.TransportError):
        await client.get("/hello")
    await asyncio.sleep(0.6)
    assert (await client.get("/hello")).status_code == 200
    for _, writer in silent:
        writer.close()


async def test_stopping_does_not_wait_for_clients_and_complains_of_none(caplog: pytest.LogCaptureFixture) -> None:
    async with listening() as port:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        writer.write(b"GET /hello HTTP/1.1\r\n")
        await asyncio.sleep(0.1)
    async with asyncio.timeout(1):
        assert await reader.read() == b""
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(LOOPBACK, port)
    assert caplog.records == []


async def test_a_port_that_is_taken_is_named(port: int) -> None:
    with pytest.raises(CannotListen, match=f"cannot listen on {LOOPBACK}:{port}: "):
        Listener(PAGES).open(LOOPBACK, port)


async def test_a_port_is_free_again_at_once() -> None:
    port, stop = free_port(), asyncio.Event()
    stop.set()
    for _ in range(3):
        listens = Listener(PAGES)
        listens.open(LOOPBACK, port)
        await listens.run(stop)
    give_back(port)


async def test_an_address_of_version_six_will_do() -> None:
    port, stop, listens = free_port(), asyncio.Event(), Listener(PAGES)
    stop.set()
    try:
        listens.open("::1", port)
    except CannotListen as error:
        pytest.skip(str(error))  # a machine without IPv6
    await listens.run(stop)
    give_back(port)
