"""Every kind of problem a service can answer with: what it is called and what one can do about it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus

from shared.errors import Refused, Text


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One kind. `slug` ends its type, `title` names it, `explanation` is its page.

    `sentence` is what a `Refused` of this slug says, with `{names}` of its parameters; `status` is its HTTP status.
    """

    slug: str
    title: Text
    explanation: Text
    sentence: Text | None = None
    status: int = 409

    def detail_of(self, refused: Refused) -> Text | None:
        """The refusal as a sentence."""
        return Text(self.sentence.message, refused.parameters) if self.sentence else None


class ProblemKinds:
    """The kinds that one service knows: the kernel's and its own. Raises `ValueError` for a slug declared twice."""

    def __init__(self, additions: Iterable[ProblemKind] = ()) -> None:
        self._kinds: dict[str, ProblemKind] = {}
        for kind in (*SHARED_KINDS, *additions):
            if kind.slug in self._kinds:
                raise ValueError(f"the problem {kind.slug} is declared twice")
            self._kinds[kind.slug] = kind

    def __iter__(self) -> Iterator[ProblemKind]:
        return iter(self._kinds.values())

    def get(self, slug: str) -> ProblemKind | None:
        """The kind of this slug, if it is known."""
        return self._kinds.get(slug)

    def title_of(self, slug: str, status: int) -> Text:
        """The title of a kind; of an undeclared one, the name of its HTTP status."""
        kind = self._kinds.get(slug)
        if kind is not None:
            return kind.title
        try:
            return Text(HTTPStatus(status).phrase)
        except ValueError:
            return Text("Error")


SHARED_KINDS = (
    ProblemKind(
        "invalid-request",
        Text("Something in the request is not valid"),
        Text("The member `errors` lists each field that is not valid, and why. Nothing was stored."),
        status=422,
    ),
    ProblemKind(
        "malformed-json",
        Text("The request is not JSON"),
        Text("The body could not be read as JSON. Nothing was stored."),
        status=400,
    ),
    ProblemKind(
        "malformed-request",
        Text("The request could not be read"),
        Text("The address or the body is not well formed, or contains control characters. Nothing was stored."),
        status=400,
    ),
    ProblemKind(
        "unsupported-media-type",
        Text("The request is not JSON"),
        Text("Send the body as JSON with the header `Content-Type: application/json`."),
        status=415,
    ),
    ProblemKind(
        "not-found",
        Text("The page or the thing was not found"),
        Text("The address leads to nothing, or to something that you may not see."),
        status=404,
    ),
    ProblemKind(
        "method-not-allowed",
        Text("This cannot be done here"),
        Text("The address exists but does not take this method. The header `Allow` says which it takes."),
        status=405,
    ),
    ProblemKind(
        "body-too-large",
        Text("The request is too large"),
        Text("The body is larger than this address takes. Nothing was stored."),
        status=413,
    ),
    ProblemKind(
        "too-busy",
        Text("Many files are being read right now"),
        Text("Try again in a moment; the header `Retry-After` says when. Nothing was stored."),
        status=429,
    ),
    ProblemKind(
        "not-signed-in",
        Text("You are not signed in"),
        Text("Sign in first. A session lasts twelve hours."),
        status=401,
    ),
    ProblemKind(
        "sign-in-failed",
        Text("You could not be signed in"),
        Text("Nobody was found who fits what was sent. Try again."),
        sentence=Text("Nobody was found who fits what was sent."),
        status=422,
    ),
    ProblemKind(
        "role-not-allowed",
        Text("Your role may not do this"),
        Text("You are signed in, but this is for others. The member `roles` names the roles that may."),
        status=403,
    ),
    ProblemKind(
        "form-token-invalid",
        Text("The form has expired"),
        Text("The form was opened in another session or too long ago. Go back, reload the page and send it again."),
        status=403,
    ),
    ProblemKind(
        "idempotency-key-missing",
        Text("The header Idempotency-Key is missing"),
        Text("Every request that changes something carries a key of your choice, so that it can be repeated safely."),
        status=400,
    ),
    ProblemKind(
        "idempotency-key-malformed",
        Text("The header Idempotency-Key is not valid"),
        Text("A key is 1 to 200 visible ASCII characters without spaces, for example a UUID."),
        status=400,
    ),
    ProblemKind(
        "idempotency-key-reused",
        Text("The key belongs to another request"),
        Text("You have sent another request with this key. Use a new key for a new request."),
        status=422,
    ),
    ProblemKind(
        "idempotency-key-in-use",
        Text("The request is still being answered"),
        Text("A request with this key has not ended yet. Send it again in a moment."),
        status=409,
    ),
    ProblemKind(
        "if-match-missing",
        Text("The header If-Match is missing"),
        Text("A change names the version it rests on: read the thing first and send its `ETag` as `If-Match`."),
        status=428,
    ),
    ProblemKind(
        "if-match-malformed",
        Text("The header If-Match is not valid"),
        Text('A version is a number in quotes, as in `If-Match: "7"`.'),
        status=400,
    ),
    ProblemKind(
        "stale-version",
        Text("Somebody else has changed this"),
        Text("The thing has changed since you read it. Read it again, and decide whether your change still fits."),
        status=412,
    ),
    ProblemKind(
        "unknown-failure",
        Text("There is no such failure"),
        Text(
            "The event has not failed, or it waits behind another one, or it was settled long ago. Nothing was changed."
        ),
        status=404,
    ),
    ProblemKind(
        "already-settled",
        Text("The event has been settled already"),
        Text("It has been handled, sent or given up meanwhile. Nothing was changed."),
    ),
    ProblemKind(
        "being-tried",
        Text("The event is being tried at this moment"),
        Text("What comes of it is known soon. Nothing was changed; look again, and decide then."),
    ),
    ProblemKind(
        "unknown-mail",
        Text("There is no such e-mail"),
        Text("It has never been there, or was sent so long ago that it has been forgotten."),
    ),
    ProblemKind(
        "mail-sent",
        Text("The e-mail has been sent"),
        Text("The mail server has taken it, so it is not sent again."),
    ),
    ProblemKind(
        "already-happened",
        Text("What has happened is not rewritten"),
        Text("The event is a fact in the log of this service. It can be sent again or given up, but not edited."),
        sentence=Text("The event is a fact in the log of this service, so it is not edited."),
    ),
    ProblemKind(
        "no-event",
        Text("This is no event"),
        Text(
            "What arrived could not be read as an event, so it is neither tried again nor edited. It can be given up."
        ),
        sentence=Text("What arrived could not be read as an event, so it is neither tried again nor edited."),
    ),
    ProblemKind(
        "not-ready",
        Text("The service is not ready"),
        Text("Something the service depends on does not answer. The member `checks` says what."),
        status=503,
    ),
    ProblemKind(
        "internal-error",
        Text("Something went wrong on our side"),
        Text("The error has been logged, and nothing was stored. Try again; if it stays, tell the operators the time."),
        status=500,
    ),
)
