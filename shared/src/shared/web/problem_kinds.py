"""The kinds of problems that every service can answer with: title, explanation, status."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from string import Formatter

from shared.errors import Refused, Text


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One kind of problem. `slug` ends its type; `title` names it and `explanation` says what to do, both to people.

    `sentence` is what a `Refused` of this slug says, with `{names}` of its parameters; `status` is its HTTP status.
    `way` is the page of the service's menu on which people go on. `members` tells programmers what the problem document
    holds or what the request needs; it is shown on the kind's own page only. `own_members` are the parameters of a
    refusal that are members of the document itself, beside `parameters`.
    """

    slug: str
    title: Text
    explanation: Text
    sentence: Text | None = None
    status: int = 409
    way: str | None = None
    members: Text | None = None
    own_members: frozenset[str] = frozenset()

    @property
    def parameters(self) -> list[str]:
        """What the member `parameters` holds at least: the names in the sentence."""
        named = Formatter().parse(self.sentence.message) if self.sentence else ()
        return [name for _, name, _, _ in named if name]

    def detail_of(self, refused: Refused) -> Text | None:
        """The refusal as a sentence, or None."""
        if refused.said is not None:
            return refused.said
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
        """The kind of this slug, or None."""
        return self._kinds.get(slug)

    def said_of(self, refused: Refused) -> Text:
        """The text of a refusal for people: its sentence, or the title of its kind."""
        kind = self._kinds.get(refused.slug)
        return (kind and kind.detail_of(refused)) or self.title_of(refused.slug, 409)

    def title_of(self, slug: str, status: int) -> Text:
        """The title of a kind; of an undeclared one, the name of its HTTP status."""
        kind = self._kinds.get(slug)
        if kind is not None:
            return kind.title
        try:
            return Text(HTTPStatus(status).phrase)
        except ValueError:
            return Text("Error")


UNSENT = ProblemKind(
    "not-sent-yet",
    Text("What you typed has not been sent"),
    Text("What you have typed has not been sent yet. Look it through, and send it again."),
    status=422,
)
"""Shown with a form that is only shown again, as it was typed."""

SHARED_KINDS = (
    UNSENT,
    ProblemKind(
        "invalid-request",
        Text("Something that was sent is not right"),
        Text("Nothing was stored. Go back, correct it and send it again."),
        status=422,
        members=Text("The member `errors` lists each field that is not valid: where it is, and why."),
    ),
    ProblemKind(
        "malformed-json",
        Text("The content could not be read"),
        Text(
            "Nothing was stored. Go back to the page and send it from there; if you use another program, tell those "
            "who look after it."
        ),
        status=400,
        members=Text("The body could not be read as JSON."),
    ),
    ProblemKind(
        "malformed-request",
        Text("The address or the content could not be read"),
        Text(
            "Something in it is not as it should be, such as a sign that cannot be seen. Nothing was stored. Look at "
            "the address, or go back and try again."
        ),
        status=400,
        members=Text("The address or the body is not well formed, or contains control characters."),
    ),
    ProblemKind(
        "too-many-requests",
        Text("It has been asked for too often"),
        Text("Wait a while, and send it again. Nothing was stored."),
        status=429,
        members=Text("The header `Retry-After` says how many seconds to wait."),
    ),
    ProblemKind(
        "unsupported-media-type",
        Text("The content is of a kind that is not taken here"),
        Text(
            "Nothing was stored. Go back to the page and send it from there; if you use another program, tell those "
            "who look after it."
        ),
        status=415,
        members=Text("Send the body as JSON with the header `Content-Type: application/json`."),
    ),
    ProblemKind(
        "not-found",
        Text("The page or the thing was not found"),
        Text(
            "The address may be misspelt, or it leads to something that has been moved or deleted, or that you may "
            "not see. Choose below where to go on."
        ),
        status=404,
    ),
    ProblemKind(
        "unknown-host",
        Text("This is not the address of Praksis"),
        Text("The address does not belong to Praksis. Use the public address."),
        status=421,
    ),
    ProblemKind(
        "method-not-allowed",
        Text("This cannot be done here"),
        Text(
            "There is a page at this address, but it does not take what was sent. Nothing was stored. Go to the page "
            "and try from there."
        ),
        status=405,
        members=Text("The header `Allow` says which methods the address takes."),
    ),
    ProblemKind(
        "body-too-large",
        Text("What was sent is too large"),
        Text(
            "Choose a smaller file, or write less, and send it again. Nothing of it was stored; what was stored before "
            "is still there."
        ),
        status=413,
        members=Text(
            "The body has more bytes than this address takes: the member `limit` of `parameters`, where the size was "
            "announced."
        ),
    ),
    ProblemKind(
        "too-many-fields",
        Text("What was sent has too many fields"),
        Text("Fill in or choose less at once, and send it again. Nothing was stored."),
        status=413,
        members=Text("The form has more fields than are read: the member `limit` of `parameters`."),
    ),
    ProblemKind(
        "too-busy",
        Text("Other files are being read right now"),
        Text("Wait a moment, and send it again. Nothing was stored."),
        status=429,
        members=Text("The header `Retry-After` says in how many seconds it is worth another try."),
    ),
    ProblemKind(
        "not-signed-in",
        Text("You are not signed in"),
        Text("Sign in first. You are signed out after a time without use, and after twelve hours in any case."),
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
        Text("You are signed in, but this is for others. Go back, or sign in as somebody who may."),
        status=403,
        members=Text("The member `roles` names the roles that may."),
    ),
    ProblemKind(
        "form-token-invalid",
        Text("The form has expired"),
        Text("The form was opened in another session or too long ago. Go back, reload the page and send it again."),
        status=403,
    ),
    ProblemKind(
        "idempotency-key-missing",
        Text("A key is missing"),
        Text(
            "The program that you use has to send a key along, so that nothing is done twice. Nothing was stored. "
            "Tell those who look after the program."
        ),
        status=400,
        members=Text(
            "Every request that changes something carries the header `Idempotency-Key` with a key of your choice, so "
            "that it can be repeated safely."
        ),
    ),
    ProblemKind(
        "idempotency-key-malformed",
        Text("The key cannot be used"),
        Text(
            "The program that you use has sent a key that is not valid. Nothing was stored. Tell those who look after "
            "the program."
        ),
        status=400,
        members=Text(
            "The header `Idempotency-Key` holds 1 to 200 visible ASCII characters without spaces, for example a UUID."
        ),
    ),
    ProblemKind(
        "idempotency-key-reused",
        Text("The key belongs to something else"),
        Text(
            "Something else was sent with the same key before. Nothing was stored. Send it once more, with a new key."
        ),
        status=422,
        members=Text("Another request was sent with this `Idempotency-Key`. Use a new key for a new request."),
    ),
    ProblemKind(
        "idempotency-key-in-use",
        Text("It is still being answered"),
        Text("The same was sent a moment ago and is not done yet. Wait a moment, and look whether it has been done."),
        status=409,
        members=Text("A request with this `Idempotency-Key` has not ended yet. Send it again in a moment."),
    ),
    ProblemKind(
        "if-match-missing",
        Text("It is not known what the change rests on"),
        Text("Open the page anew, and make the change from there. Nothing was stored."),
        status=428,
        members=Text(
            "A change names the version it rests on: read the thing first and send its `ETag` as the header `If-Match`."
        ),
    ),
    ProblemKind(
        "if-match-malformed",
        Text("It cannot be read what the change rests on"),
        Text("Open the page anew, and make the change from there. Nothing was stored."),
        status=400,
        members=Text('A version is a number in quotes, as in the header `If-Match: "7"`.'),
    ),
    ProblemKind(
        "stale-version",
        Text("Somebody else, or you on another page, has changed this"),
        Text(
            "What you sent was not stored. Open the page anew, see what has changed, and make your change once more "
            "if it still fits."
        ),
        sentence=Text("Somebody else, or you on another page, has changed this since you opened it."),
        status=412,
        members=Text(
            "The header `ETag` holds the version that it has now. The member `parameters` holds it as `current`, and "
            "the version that you named as `seen`."
        ),
    ),
    ProblemKind(
        "unknown-failure",
        Text("There is no such failure"),
        Text(
            "The event has not failed, or it waits behind another one, or it was settled long ago. Nothing was "
            "changed. The list shows what has failed now."
        ),
        status=404,
        way="/operations/failures",
    ),
    ProblemKind(
        "already-settled",
        Text("The event has been settled already"),
        Text(
            "It has been handled, sent or given up meanwhile. Nothing was changed, and nothing more needs to be done."
        ),
        way="/operations/failures",
    ),
    ProblemKind(
        "being-tried",
        Text("The event is being tried at this moment"),
        Text("What comes of it is known soon. Nothing was changed; look again, and decide then."),
        way="/operations/failures",
    ),
    ProblemKind(
        "unknown-mail",
        Text("There is no such e-mail"),
        Text(
            "It has never been there, or was sent so long ago that it has been forgotten. The list shows those that "
            "wait or have failed."
        ),
        way="/operations/mail",
    ),
    ProblemKind(
        "mail-sent",
        Text("The e-mail has been sent"),
        Text("The mail server has taken it, so it is not sent again. Nothing more needs to be done."),
        way="/operations/mail",
    ),
    ProblemKind(
        "already-happened",
        Text("What has happened is not rewritten"),
        Text("The event is a fact in the log of this service. It can be sent again or given up, but not edited."),
        sentence=Text("The event is a fact in the log of this service, so it is not edited."),
        way="/operations/failures",
    ),
    ProblemKind(
        "no-event",
        Text("This is no event"),
        Text(
            "What arrived could not be read as an event, so it is neither tried again nor edited. It can be given up."
        ),
        sentence=Text("What arrived could not be read as an event, so it is neither tried again nor edited."),
        way="/operations/failures",
    ),
    ProblemKind(
        "day-too-far-ahead",
        Text("The day lies too many years ahead"),
        Text(
            "Nobody plans that far ahead. See whether the year is right, and choose an earlier day. Nothing was stored."
        ),
        sentence=Text("{day} lies too far ahead. Choose a day that is no later than {latest}."),
        status=422,
    ),
    ProblemKind(
        "storage-full",
        Text("There is no room to store this at the moment"),
        Text("The place where it is kept is full or cannot be written to. Nothing was stored. Try again in an hour."),
        status=507,
    ),
    ProblemKind(
        "not-ready",
        Text("The service is not ready"),
        Text("Something that the service depends on does not answer. Wait some minutes, and try again."),
        status=503,
        members=Text("The member `checks` says what does not answer."),
    ),
    ProblemKind(
        "database-away",
        Text("The service cannot be used at the moment"),
        Text(
            "It does not reach its database. Wait a minute, and try again. If you have just sent something, see first "
            "whether it has arrived."
        ),
        status=503,
        members=Text("The header `Retry-After` says how many seconds to wait."),
    ),
    ProblemKind(
        "internal-error",
        Text("Something went wrong on our side"),
        Text("The error has been logged, and nothing was stored. Try again; if it stays, tell the operators the time."),
        status=500,
    ),
)
