"""Idempotency keys: the first answer to a write is stored in its transaction, and given again when the request is
repeated."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256

from fastapi import Request, Response
from sqlalchemy import Select, Table, Update, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import ReturningInsert

from shared.errors import Problem
from shared.web.access import identity_of
from shared.web.kernel import kernel_of
from shared.web.sealing import Seal
from shared.work import UnitOfWork

KEY_HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
_LOCK_NOT_AVAILABLE = "55P03"


@dataclass(frozen=True, slots=True)
class _Claim:
    """One request under an idempotency key; `key` is the key's hash."""

    caller: str
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class _Statements:
    claiming: ReturningInsert[str]
    finding: Select[str, int, list[list[str]], bytes]
    keeping: Update


async def answer_once(
    request: Request, work: UnitOfWork, produce: Callable[[Request], Awaitable[Response]]
) -> Response:
    """Produce the answer and commit it with its effect, or give the answer that was produced before.

    Requests of one caller with one key wait for each other. Only an answer that was returned is stored: after an
    exception the key is free again. Raises 400 `idempotency-key-missing` or `idempotency-key-malformed`, 422
    `idempotency-key-reused` for another request under the same key, 409 `idempotency-key-in-use` when the previous
    request takes too long.
    """
    seal = await _seal_of(request)
    claim = _Claim(seal.caller, seal.key_hash, seal.fingerprint)
    if not await _is_first(request, work, claim):
        return await _replay(request, work, claim, seal)
    response = await produce(request)
    await _keep(request, work, claim, seal, response)
    await work.commit()
    return response


async def _seal_of(request: Request) -> Seal:
    key = request.headers.get(KEY_HEADER)
    if not key:
        raise Problem("idempotency-key-missing", 400)
    if len(key) > 200 or not all("!" <= character <= "~" for character in key):
        raise Problem("idempotency-key-malformed", 400)
    identity = identity_of(request)
    return Seal(identity.subject if identity else "anonymous", key, await _digest(request))


async def _digest(request: Request) -> str:
    # The precondition is left out: a client that lost the answer may well come back with the version it reads now.
    target = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return sha256(target + await request.body()).hexdigest()


async def _is_first(request: Request, work: UnitOfWork, claim: _Claim) -> bool:
    """Insert the claim. The primary key makes a second transaction wait here until the first has ended."""
    claiming = _statements(kernel_of(request).database.tables.answer).claiming
    try:
        return (await work.session.execute(claiming, asdict(claim))).first() is not None
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise Problem("idempotency-key-in-use", 409, headers={"Retry-After": "1"}) from error
        raise


async def _replay(request: Request, work: UnitOfWork, claim: _Claim, seal: Seal) -> Response:
    finding = _statements(kernel_of(request).database.tables.answer).finding
    found = await work.session.execute(finding, {"by": claim.caller, "under": claim.key})
    fingerprint, status, headers, body = found.one()
    if fingerprint != claim.fingerprint:
        raise Problem("idempotency-key-reused", 422)
    response = Response(seal.open(body), status)
    # Starlette's own content type and length give way to what was sent the first time.
    response.raw_headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    response.headers[REPLAYED_HEADER] = "true"
    return response


async def _keep(request: Request, work: UnitOfWork, claim: _Claim, seal: Seal, response: Response) -> None:
    body = getattr(response, "body", None)
    if body is None:
        raise TypeError("a write answers with a body in memory; a stream cannot be given again")
    headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in response.raw_headers]
    answer = {"status": response.status_code, "headers": headers, "body": seal.close(bytes(body))}
    keeping = _statements(kernel_of(request).database.tables.answer).keeping
    await work.session.execute(keeping, {"by": claim.caller, "under": claim.key, **answer})


@cache
def _statements(answer: Table) -> _Statements:
    """The statements, built once: to build one costs more than to run it, and every write runs two of them."""
    columns = answer.c
    of_the_claim = (columns.caller == bindparam("by"), columns.key == bindparam("under"))
    return _Statements(
        claiming=insert(answer).on_conflict_do_nothing().returning(columns.key),
        finding=select(columns.fingerprint, columns.status, columns.headers, columns.body).where(*of_the_claim),
        keeping=update(answer).where(*of_the_claim),
    )
