"""`praksis failures …`: the events that could not be handled or sent, and what an operator can do about them.

What a command does is imported when it runs, so that `--help` does not wait for it.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import typer

from praksis.errors import WrongUsage
from praksis.output import AsJson, print_json, say, tell
from praksis.settings import NAMES, OneService, Service, Settings

Words = TypeVar("Words", str | None, tuple[str, str] | None)

app = typer.Typer(
    help="See what could not be handled or sent, and have it tried again, changed or given up.", no_args_is_help=True
)


def _no_option(value: Words) -> Words:
    """Refuse the name of an option where the words of another are missing: they would swallow it."""
    for word in value if isinstance(value, tuple) else (value,):
        if word is not None and word.startswith("--"):
            raise WrongUsage(f"{word} is an option and no value; a value was left out before it.")
    return value


Id = Annotated[UUID, typer.Argument(metavar="ID", help="The failure, as `praksis failures list` names it.")]
Persona = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="NAME",
        callback=_no_option,
        help="Who to be, in development; else PRAKSIS_TOKEN says who is asking.",
    ),
]
Reason = Annotated[str, typer.Option(metavar="WORDS", callback=_no_option, help="Why; it stays on record.")]
Some = Annotated[Service | None, typer.Argument(metavar="SERVICE", help=f"{NAMES}; without it, all of them.")]


class State(StrEnum):
    """How a failure stands."""

    RETRYING = "retrying"
    PARKED = "parked"


@app.command(name="list")
def list_failures(
    service: Some = None,
    state: Annotated[State | None, typer.Option(help="Only those that stand so.")] = None,
    type: Annotated[str | None, typer.Option(metavar="TYPE", help="Only this type of event.")] = None,
    reason: Annotated[str | None, typer.Option(metavar="REASON", help="Only what failed for this reason.")] = None,
    persona: Persona = None,
    as_json: AsJson = False,
) -> None:
    """List what has failed and is not settled, the oldest first."""
    from praksis.events.type_names import full_type
    from praksis.failures.every_service import ask_each
    from praksis.failures.views import show_failures

    wanted = {"state": state, "type": type and full_type(type), "reason": reason}
    query = {name: str(value) for name, value in wanted.items() if value is not None}
    answers = ask_each(Settings.read(), service, persona, lambda api: list(api.failures(query)))
    if as_json:
        print_json(answers.as_json())
    else:
        show_failures(answers.found)
        answers.tell_if_empty("Nothing has failed.")
    answers.require_complete()


@app.command(name="groups")
def list_groups(service: Some = None, persona: Persona = None, as_json: AsJson = False) -> None:
    """List what failed alike: events of one type, for one reason."""
    from praksis.failures.api import OperationsApi
    from praksis.failures.every_service import ask_each
    from praksis.failures.views import show_groups

    answers = ask_each(Settings.read(), service, persona, OperationsApi.groups)
    if as_json:
        print_json(answers.as_json())
    else:
        show_groups(answers.found)
        answers.tell_if_empty("Nothing has failed.")
    answers.require_complete()


@app.command()
def show(service: OneService, id: Id, persona: Persona = None, as_json: AsJson = False) -> None:
    """Show one failure that is not settled: what is known of it, what operators have done, and what arrived."""
    from praksis.failures.api import NoSuchThing, OperationsApi
    from praksis.failures.views import show_failure

    settings = Settings.read()
    api = OperationsApi(settings, service, persona)
    try:
        failure = api.failure(id)
    except NoSuchThing as error:
        page = f"{settings.web_url(service)}/operations/failures/{id}"
        raise NoSuchThing(f"{error}\nWhere it is settled, {page} says what operators have done about it.") from None
    done = api.interventions(failure["event_id"]) if failure["event_id"] else []
    if as_json:
        print_json({"service": service, **failure, "interventions": done})
    else:
        show_failure(failure, done)


@app.command()
def retry(
    service: OneService,
    id: Annotated[UUID | None, typer.Argument(metavar="ID", help="One failure.")] = None,
    group: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="TYPE REASON",
            callback=_no_option,
            help="Instead of one: everything of this type that failed for this reason.",
        ),
    ] = None,
    outgoing: Annotated[
        bool, typer.Option("--outgoing", help="With --group: what could not be sent, instead of what was not handled.")
    ] = False,
    persona: Persona = None,
    as_json: AsJson = False,
) -> None:
    """Have events tried again at once. Asking twice is asking once."""
    from praksis.events.type_names import full_type
    from praksis.failures.api import OperationsApi

    if (id is None) == (group is None):
        raise WrongUsage("Name either one failure by its ID or, with --group, a type and a reason.")
    if id is not None:
        OperationsApi(Settings.read(), service, persona).retry(id)
        _answer({"service": service, "id": str(id), "done": "retry"}, f"{id} is tried again.", as_json=as_json)
    elif group is not None:
        type, reason = full_type(group[0]), group[1]
        retried = OperationsApi(Settings.read(), service, persona).retry_group(type, reason, outgoing=outgoing)
        alike = {"type": type, "reason": reason, "outgoing": outgoing}
        sentence = f"{retried} that failed alike: tried again. Left out is what is being tried already."
        _answer({"service": service, **alike, "done": "retry", "retried": retried}, sentence, as_json=as_json)


@app.command()
def edit(
    service: OneService,
    id: Id,
    reason: Reason,
    data: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The new data as a JSON object; - is standard input. Without it, $EDITOR."),
    ] = None,
    persona: Persona = None,
    as_json: AsJson = False,
) -> None:
    """Change the data of an event that could not be handled; nothing else of it changes.

    It is not tried again yet. What it was before stays on record, with the reason.
    """
    from praksis.failures.api import OperationsApi
    from praksis.failures.editing import change_data

    api = OperationsApi(Settings.read(), service, persona)
    failure = api.failure(id)
    edited = change_data(failure, data, lambda new: api.edit(id, failure["version"], new, reason))
    if edited is None:
        say("These are the data that it has; nothing was changed.")
    again = f"`praksis failures retry {service} {id}` has it tried with these data."
    _answer({"service": service, **(edited or failure)}, f"{id} is changed. {again}", as_json=as_json)


@app.command()
def discard(service: OneService, id: Id, reason: Reason, persona: Persona = None, as_json: AsJson = False) -> None:
    """Give an event up for good: it has no effect in this service, and what waits behind it goes on."""
    from praksis.failures.api import OperationsApi

    OperationsApi(Settings.read(), service, persona).discard(id, reason)
    _answer({"service": service, "id": str(id), "done": "discard"}, f"{id} is given up.", as_json=as_json)


def _answer(document: object, sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json(document)
    else:
        tell(sentence)
