"""Somebody who asks one server the same things as fast as it answers, over connections that stay open."""

import asyncio
import json
import time
from collections.abc import Iterator
from math import ceil
from uuid import uuid4

import asyncpg
import httpx
from benchmarks.child import Outcome, Parent, Task
from benchmarks.sides.requesting import Applicant

AT_ONCE = 16
WARM_UP = 50
"""Requests before those that count."""


class Connection:
    """HTTP/1.1 with as little work as can be, so that it is the server that is measured."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def to(cls, port: int) -> "Connection":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, request: bytes) -> int:
        """The status of the answer, once all of it has come."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), None)
        if length is None:
            raise RuntimeError("the answer has no length")
        await self._reader.readexactly(length)
        return int(head[9:12])

    def close(self) -> None:
        self._writer.close()


async def submissions(task: Task, parent: Parent) -> Outcome:
    """`events` applications to the short course, so many at once; each is taken and committed."""
    port, token = task.options["port"], task.options["token"]
    body = json.dumps(task.options["wish"]).encode()
    head = (
        f"POST /api/v1/applications HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nIdempotency-Key: "
    )
    requests = (f"{head}{uuid4()}\r\n\r\n".encode() + body for _ in range(WARM_UP + task.events))
    await _all(port, (next(requests) for _ in range(WARM_UP)), 201)
    began = time.monotonic()
    await _all(port, requests, 201)
    return Outcome(began, time.monotonic())


async def lists(task: Task, parent: Parent) -> Outcome:
    """`events` looks at the list of applications, one after the other; tells the delays in ms."""
    port, session = task.options["port"], task.options["session"]
    connection = await Connection.to(port)
    delays = []
    began = time.monotonic()
    for number in range(WARM_UP + task.events):
        path = task.options["paths"][number % len(task.options["paths"])]
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {session}\r\n\r\n"
        sent = time.monotonic()
        status = await connection.ask(request.encode())
        delays.append((time.monotonic() - sent) * 1000)
        if status != 200:
            raise RuntimeError(f"{path} was answered with {status}")
    connection.close()
    counted = sorted(delays[WARM_UP:])
    figures = {f"p{part} ms": counted[max(0, ceil(part / 100 * len(counted)) - 1)] for part in (50, 99)}
    return Outcome(began, time.monotonic(), {**figures, "longest ms": counted[-1]})


async def first_application(task: Task, parent: Parent) -> Outcome:
    """One application to ours, so that there is one to look like; tells nothing, and nobody measures it."""
    began = time.monotonic()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{task.options['port']}", trust_env=False) as http:
        applicant = Applicant(http)
        await applicant.sign_in()
        await applicant.apply()
    return Outcome(began, time.monotonic())


async def copies(task: Task, parent: Parent) -> Outcome:
    """So many copies of the one application that the list has `events`, spread over states, places and time."""
    began = time.monotonic()
    connection = await asyncpg.connect(task.place.admin_url)
    await connection.execute(
        """
        with one as (select * from intake.application limit 1),
        copied as (
            insert into intake.application
            select (jsonb_populate_record(null::intake.application, to_jsonb(one) || jsonb_build_object(
                'id', gen_random_uuid(),
                'status', (array['submitted', 'refused', 'accepted', 'declined', 'waitlisted'])[1 + number % 5],
                'municipality', (array['0461', '0390', '0316', '0101', '0955'])[1 + number % 5],
                'contact_name', 'Contact ' || number,
                'submitted_at', one.submitted_at - number * interval '1 minute'))).*
            from one, generate_series(1, $1) as number returning id
        )
        insert into intake.participating_daycare
        select (jsonb_populate_record(
            null::intake.participating_daycare, to_jsonb(part) || jsonb_build_object('application_id', copied.id))).*
        from copied, (select * from intake.participating_daycare limit 1) as part
        """,
        task.events - 1,
    )
    await connection.execute("vacuum analyze intake.application, intake.participating_daycare")
    await connection.close()
    return Outcome(began, time.monotonic())


async def _all(port: int, requests: Iterator[bytes], expected: int) -> None:
    async def one_after_the_other() -> None:
        connection = await Connection.to(port)
        for request in requests:
            status = await connection.ask(request)
            if status != expected:
                raise RuntimeError(f"answered with {status}")
        connection.close()

    async with asyncio.TaskGroup() as under_way:
        for _ in range(AT_ONCE):
            under_way.create_task(one_after_the_other())
