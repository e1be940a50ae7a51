"""Connections to the database have limits of silence at both ends, and none is used again that has not answered."""

import socket

import asyncpg
import pytest
from sqlalchemy import text

from shared import silence
from shared.clock import SystemClock
from shared.database import Database
from shared.outages import is_outage


async def test_the_server_is_told_how_long_we_may_be_silent(database: Database) -> None:
    async with database.work() as work:
        said = {
            name: str(await work.session.scalar(text(f"show {name}")))
            for name in (*silence.OF_THE_SERVER, "statement_timeout", "idle_in_transaction_session_timeout")
        }
    assert said == {
        "tcp_keepalives_idle": "5",
        "tcp_keepalives_interval": "2",
        "tcp_keepalives_count": "3",
        "tcp_user_timeout": "10000",
        "statement_timeout": "30s",
        "idle_in_transaction_session_timeout": "1min",
    }


async def test_our_own_end_has_the_same_limits(database: Database) -> None:
    connection = await asyncpg.connect(database.dsn)
    silence.limit_silence(connection)
    own = connection._transport.get_extra_info("socket")
    options = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
    assert own.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    assert [own.getsockopt(socket.IPPROTO_TCP, option) for option in options] == [5, 2, 3, 10_000]
    await connection.close()


@pytest.mark.parametrize("patient", [False, True])
async def test_what_does_not_answer_in_time_is_given_up(
    database: Database, monkeypatch: pytest.MonkeyPatch, patient: bool
) -> None:
    monkeypatch.setattr(silence, "ANSWER_WITHIN", 0.5)
    hurried = Database(database.dsn, service="intake", tables=database.tables, clock=SystemClock(), patient=patient)
    error: Exception | None = None
    try:
        async with hurried.work() as work:
            await work.session.execute(text("select pg_sleep(1)"))
    except Exception as raised:
        error = raised
    assert (error is not None and is_outage(error)) is not patient
    await hurried.ping()
    await hurried.close()


async def test_an_address_may_speak_of_encryption(database: Database) -> None:
    """The servers of the tests have none."""
    given = (f"{database.dsn}?sslmode={mode}" for mode in ("disable", "require"))
    plain, encrypted = (Database(url, service="intake", tables=database.tables, clock=SystemClock()) for url in given)
    await plain.ping()
    with pytest.raises(ConnectionError):
        await encrypted.ping()
    await plain.close()
