"""`praksis events …`: the facts that the services tell each other.

What a command does is imported when it runs, so that `--help` does not wait for it.
"""

from pathlib import Path
from typing import Annotated

import typer

from praksis.errors import FAILED, WrongUsage
from praksis.events.starts import FIRST, NEW, Start, start_of
from praksis.output import AsJson, print_json, progress_bar, say, tell
from praksis.running import run
from praksis.settings import OneService, Settings

Begin = Annotated[
    str, typer.Option("--from", metavar="START", help="Compare what happened from then on: first, or a time (UTC).")
]
app = typer.Typer(help="Follow, check, publish, replay and reconcile events.", no_args_is_help=True)

EventFile = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="JSON: one event, a list of them, or one on each line. - is standard input."),
]


@app.command()
def tail(
    begin: Annotated[
        str, typer.Option("--from", metavar="START", help="first, new, a time (UTC unless it says so) or an offset.")
    ] = NEW,
    type: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Only these types, such as CourseOpened or 'intake.*'. May be repeated."),
    ] = None,
    subject: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Only these subjects, such as 'course/*'. May be repeated."),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow/--no-follow", help="Go on with what comes, or end where the log ends now.")
    ] = True,
    limit: Annotated[int | None, typer.Option(min=1, help="End after so many events.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the events of the log, in the order in which the broker took them.

    In JSON, each line is one CloudEvent as it was published.
    """
    from praksis.events.tailing import Wanted, show_log

    if begin == NEW and not follow:
        raise WrongUsage("--no-follow shows what has happened, and --from new what has not; add --from first, say.")
    settings = Settings.read()
    wanted = Wanted(types=tuple(type or ()), subjects=tuple(subject or ()))
    start = start_of(begin, settings.time())
    run(show_log(settings, start, wanted, follow=follow, limit=limit, as_json=as_json))


@app.command()
def validate(file: EventFile, as_json: AsJson = False) -> None:
    """Check events against the contracts, without publishing them.

    Ends with 1 when something is wrong, and says in which field.
    """
    from praksis.events.answers import answer_check
    from praksis.events.files import flaws_of, read_documents

    settings = Settings.read()
    documents = read_documents(file)
    flaws = flaws_of(documents, settings)
    answer_check(len(documents), flaws, as_json=as_json)
    if flaws:
        raise typer.Exit(FAILED)


@app.command()
def publish(
    file: EventFile,
    fill: Annotated[
        bool,
        typer.Option(
            "--fill", help="Complete what each event leaves out, but for its type, subject, sequence and data."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Publish events, if all of them fit the contracts.

    They are sent as a service sends its own, and confirmed by the broker. What is published again under the same id
    has no second effect.
    """
    from praksis.events.answers import answer_publication
    from praksis.events.files import completed, envelopes_of, flaws_of, read_documents, unread_attributes
    from praksis.events.publishing import Publishing

    settings = Settings.read()
    addresses = settings.public_addresses()
    documents = read_documents(file)
    if fill:
        now = settings.time().now()
        documents = [completed(document, now) for document in documents]
    if flaws := flaws_of(documents, addresses):
        answer_publication(len(documents), flaws, (), as_json=as_json)
        say("Nothing was published." if fill else "Nothing was published. --fill completes some of what is missing.")
        raise typer.Exit(FAILED)
    if unread := unread_attributes(documents):
        say(f"Left out, since no envelope of Praksis has it: {', '.join(unread)}.")
    publishing = Publishing(envelopes_of(documents, addresses))
    try:
        with progress_bar("publishing", len(documents)) as advance:
            run(publishing.send(settings, advance))
    finally:
        answer_publication(len(documents), (), publishing.confirmed, as_json=as_json)


@app.command()
def replay(
    service: OneService,
    projection: Annotated[
        str | None, typer.Argument(help="What to rebuild; without it, the service sees all of the log again.")
    ] = None,
    begin: Annotated[
        str | None, typer.Option("--from", metavar="START", help="first, a time (UTC unless it says so) or an offset.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Let a service read the log again, or rebuild one of its projections.

    A projection is rebuilt from all that the service has had, beside the one that people see, and then put in its
    place. Without one, everything in the log from the start on comes to the service once more; what it has seen already
    has no second effect.
    """
    from praksis import replaying

    settings = Settings.read()
    if begin == NEW:
        raise WrongUsage("--from new leaves nothing to replay.")
    if projection is not None and begin not in (None, FIRST):
        raise WrongUsage("A projection is rebuilt from the first event on; --from is for a whole service.")
    start = start_of(begin or FIRST, settings.time())
    with progress_bar(f"rebuilding {projection}" if projection else f"replaying {service}") as advance:
        if projection is None:
            events = run(replaying.refill(settings, service, start, advance))
        else:
            events = run(replaying.rebuild(settings, service, projection, advance))
    if as_json:
        print_json({"service": service, "projection": projection, "events": events})
    elif projection is not None:
        tell(f"{projection}: rebuilt from {events} events.")
    else:
        tell(f"{service}: {events} events of the log replayed.")


@app.command()
def reconcile(begin: Begin = FIRST, as_json: AsJson = False) -> None:
    """Compare what the services have sent with what the log holds and with what each of them has had.

    It goes back two years, as far as the log keeps and the services remember. Ends with 1 when something is missing.
    Needs the settings of all three workers.
    """
    from praksis.events.answers import answer_comparison
    from praksis.events.reconciling import compare

    settings = Settings.read()
    with progress_bar("comparing") as advance:
        found = run(compare(settings, _since(begin, settings), advance))
    answer_comparison(found, as_json=as_json)
    if not found.complete:
        say("`praksis events republish` sends what is missing again; who has had it notices nothing.")
        raise typer.Exit(FAILED)


@app.command()
def republish(begin: Begin = FIRST, as_json: AsJson = False) -> None:
    """Send again, from the services' own tables, what the log lacks or a service has not had.

    What is older than two years is never sent again: who has had it is not remembered any more. Needs the settings of
    all three workers. Whoever has had an event already notices nothing of it.
    """
    from praksis.events.answers import answer_comparison
    from praksis.events.reconciling import send_missing_again

    settings = Settings.read()
    with progress_bar("comparing") as advance:
        found = run(send_missing_again(settings, _since(begin, settings), advance))
    answer_comparison(found, as_json=as_json)
    if not found.complete:
        say("What is missing leaves again now; `praksis events reconcile` tells when it has come.")


def _since(begin: str, settings: Settings) -> Start:
    start = start_of(begin, settings.time())
    if begin == NEW or isinstance(start.place, int):
        raise WrongUsage("--from is `first`, or a time such as 2030-03-26T09:00Z: the tables know no offsets.")
    return start
