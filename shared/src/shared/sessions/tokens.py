"""The signed tokens of sessions."""

import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from hmac import digest
from typing import Any
from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer
from pydantic import SecretStr

from shared.identity import Identity, Role

LIFETIME = timedelta(hours=12)
"""After so long every session ends, however much it is used."""
IDLE = timedelta(hours=2)
"""After so long without a request, a session of the pages ends."""
RENEWED_AFTER = timedelta(minutes=5)
"""At this age, the token of a session of the pages is replaced by a new one on the next request."""


class Audience(StrEnum):
    """Where a token is valid: a token for pages is not valid for programs, and the other way round."""

    PAGES = "pages"
    """In a cookie, for people; it expires when it is not used."""
    PROGRAMS = "programs"
    """In `Authorization: Bearer …`."""


@dataclass(frozen=True, slots=True)
class Session:
    """The content of a valid token. `id` is random, and form tokens are bound to it; `renewed_at` is when the token was
    made."""

    id: UUID
    subject: str
    roles: frozenset[Role]
    municipality: str | None
    audience: Audience
    issued_at: datetime
    renewed_at: datetime


class Sessions:
    """Issues and reads tokens: signed, limited in time, with no personal data except the opaque subject.

    Tokens are valid in one installation only, that of `issuer`, even if another one has the same secret. They expire by
    the machine's clock and not by the process's: a simulated year must not sign everybody out.
    """

    def __init__(
        self, secret: SecretStr, issuer: str, *, lifetime: timedelta = LIFETIME, idle: timedelta = IDLE
    ) -> None:
        self.lifetime = lifetime
        self.idle = idle
        self._secret = secret.get_secret_value()
        self._serializers = {
            audience: URLSafeTimedSerializer(
                self._secret, salt=f"praksis-session {audience} {issuer}", signer_kwargs={"digest_method": sha256}
            )
            for audience in Audience
        }

    def issue(self, identity: Identity, audience: Audience) -> str:
        """The token of a new session."""
        subject, roles, municipality = identity.subject, identity.roles, identity.municipality
        id = UUID(bytes=secrets.token_bytes(16), version=4)
        return self._signed(Session(id, subject, roles, municipality, audience, issued_at=_now(), renewed_at=_now()))

    def renewed(self, session: Session) -> str | None:
        """A new token of the same session, or None if it is not one of the pages or its token is still young."""
        if session.audience is not Audience.PAGES or _now() - session.renewed_at < RENEWED_AFTER:
            return None
        return self._signed(session)

    def remaining(self, session: Session) -> timedelta:
        """How long a session can still last at most."""
        return session.issued_at + self.lifetime - _now()

    def read(self, token: str, audience: Audience) -> Session | None:
        """The session of a token, or None if the token is forged, damaged, for another audience or installation,
        expired, not used for too long, or names a role that no longer exists."""
        limit = self.idle if audience is Audience.PAGES else self.lifetime
        try:
            claims, renewed_at = self._serializers[audience].loads(
                token, max_age=int(limit.total_seconds()), return_timestamp=True
            )
            session = _session(claims, audience, renewed_at)
        except (BadData, KeyError, ValueError, TypeError, OverflowError):
            return None
        return session if _now() - session.issued_at < self.lifetime else None

    def person_of(self, subject: str) -> UUID:
        """An id of a person, which cannot be traced back to the subject without the secret."""
        hashed = digest(self._secret.encode(), f"praksis-person {subject}".encode("utf-8", "surrogatepass"), "sha256")
        return UUID(bytes=hashed[:16], version=5)

    def _signed(self, session: Session) -> str:
        claims = {
            "id": urlsafe_b64encode(session.id.bytes).decode().rstrip("="),
            "sub": session.subject,
            "roles": sorted(session.roles),
            "mun": session.municipality,
            "iat": round(session.issued_at.timestamp() * 1000),
        }
        return str(self._serializers[session.audience].dumps(claims))


def _session(claims: Mapping[str, Any], audience: Audience, renewed_at: datetime) -> Session:
    issued_at = datetime.fromtimestamp(claims["iat"] / 1000, UTC)
    roles = frozenset(map(Role, claims["roles"]))
    id = UUID(bytes=urlsafe_b64decode(claims["id"] + "=="))
    return Session(id, claims["sub"], roles, claims["mun"], audience, issued_at, renewed_at)


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)
