"""What may be changed of a gathering after it has been announced, and what that means for those who have registered."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from gathering_cases import COHORT, PARENTS, PLAY, party
from intake_cases import NOON

from intake.gatherings.decisions import change
from intake.gatherings.details import cohort_with, details_of
from intake.gatherings.model import Change, Cohort, CohortStatus, Group, Taken, Venue
from intake.gatherings.texts import hours_there, moved
from intake.materials.decisions import follow as follow_materials
from intake.materials.model import Material, MaterialKind
from intake.registrations.change_decisions import concerns, follow, taken
from intake.registrations.decisions import call_off, offer_key
from intake.registrations.messages import RegistrationEmail
from intake.registrations.model import GONE, Registration, RegistrationStatus
from intake.rounds.model import Zone
from shared.contracts.intake.cohorts import CohortChanged
from shared.contracts.intake.interests import OfferLapsed
from shared.contracts.intake.materials import MaterialDue
from shared.contracts.intake.registrations import RegistrationConfirmed
from shared.contracts.vocabulary import Names
from shared.decision import Decision, Timer
from shared.errors import Refused, Text

WITH_WORKSHOPS = replace(COHORT, groups=(PLAY, PARENTS))
LATER = date(2026, 12, 8)
WAITING, OFFERED = RegistrationStatus.WAITING, RegistrationStatus.OFFERED


def changed(cohort: Cohort = COHORT, reason: str | None = "Snow", **details: Any) -> Change:
    return Change(cohort, replace(cohort, **details), reason, "somebody", NOON)


def done(cohort: Cohort = COHORT, **details: Any) -> Change:
    """A change as it is after the decision: its gathering has the next version."""
    return changed(cohort, version=cohort.version + 1, **details)


def refusal(wanted: Change, rests: Taken | None = None, now: datetime = NOON) -> Refused:
    with pytest.raises(Refused) as refused:
        change(wanted, rests or Taken(), now)
    return refused.value


def offer(number: int, answer_by: datetime) -> Registration:
    return replace(party(number, status=OFFERED), interest_id=UUID(int=100 + number), answer_by=answer_by)


# The gathering


def test_a_change_is_told_with_the_new_version_and_no_more_than_others_need() -> None:
    wanted = changed(starts_on=LATER, ends_on=LATER, places=9)
    told = CohortChanged(
        cohort_id=COHORT.id, programme="learning-day", version=2, starts_on=LATER, places=9, on=NOON.date()
    )
    assert change(wanted, Taken(), NOON) == Decision(wanted, (told,))


def test_what_is_said_again_as_it_is_changes_nothing() -> None:
    assert change(changed(), Taken(), NOON) == Decision(changed())


@pytest.mark.parametrize(
    ("details", "slug"),
    [
        ({"starts_on": date(2026, 12, 2)}, "gathering-ends-before-it-starts"),
        ({"deadline": date(2026, 12, 2)}, "registration-closes-too-late"),
        ({"deadline": date(2026, 11, 1)}, "registration-over-already"),
        ({"begins": time(9), "ends": time(9)}, "gathering-hours-reversed"),
        ({"starts_on": date(2026, 11, 1), "ends_on": date(2026, 11, 2), "deadline": date(2026, 11, 1)}, "in-the-past"),
        ({"starts_on": date(2026, 11, 1), "ends_on": date(2026, 11, 1), "deadline": date(2026, 11, 1)}, "in-the-past"),
        ({"groups": (PLAY, replace(PARENTS, name="PLAY"))}, "group-named-twice"),
    ],
)
def test_what_cannot_be_held_is_not_what_it_becomes(details: dict[str, Any], slug: str) -> None:
    assert refusal(changed(**details)).slug.endswith(slug)


def test_it_may_be_moved_to_today_and_begin_late_in_the_evening_and_end_on_another_day_in_the_morning() -> None:
    today = NOON.date()
    assert change(changed(starts_on=today, ends_on=today, deadline=today), Taken(), NOON).events
    over_night = changed(ends_on=LATER, begins=time(20), ends=time(8))
    assert change(over_night, Taken(), NOON).events
    assert change(changed(begins=time(9), ends=time(9, 1)), Taken(), NOON).events


@pytest.mark.parametrize(
    "details",
    [
        {"starts_on": date(2026, 11, 30)},
        {"ends_on": LATER},
        {"begins": time(9)},
        {"ends": time(15)},
        {"venue": Venue("Odense", "Havnegade 2")},
        {"venue": Venue("Vejle", "Havnegade 1")},
        {"zone": Zone.NUUK},
    ],
)
def test_a_reason_is_wanted_where_it_moves(details: dict[str, Any]) -> None:
    assert refusal(changed(reason=None, **details)).slug == "gathering-moves-without-reason"


@pytest.mark.parametrize(
    "details",
    [
        {"title": Names(da="A", en="B")},
        {"places": 5},
        {"deadline": date(2026, 11, 21)},
        {"groups": (PLAY,)},
    ],
)
def test_none_is_wanted_for_the_rest(details: dict[str, Any]) -> None:
    assert change(changed(reason=None, **details), Taken(), NOON).events


@pytest.mark.parametrize("status", [CohortStatus.HELD, CohortStatus.CANCELLED])
def test_what_has_been_held_or_called_off_stays_as_it_was(status: CohortStatus) -> None:
    assert refusal(changed(replace(COHORT, status=status), places=9)).slug == "gathering-settled"


def test_it_can_be_changed_to_its_last_second() -> None:
    assert change(changed(places=9), Taken(), COHORT.is_over_at - timedelta(seconds=1)).events
    assert refusal(changed(places=9), now=COHORT.is_over_at).slug == "gathering-over"


def test_after_the_last_day_to_register_the_rest_can_be_changed_and_a_later_day_opens_it_again() -> None:
    closed = COHORT.closes_at
    assert change(changed(places=9), Taken(), closed).events
    again = change(changed(deadline=date(2026, 11, 30)), Taken(), closed).state.after
    assert (COHORT.takes_registrations(closed), again.takes_registrations(closed)) == (False, True)
    assert refusal(changed(deadline=date(2026, 11, 19)), now=closed).slug == "registration-over-already"


def test_as_many_places_as_are_taken_are_enough_and_one_fewer_is_not() -> None:
    rests = taken(COHORT, [party(1, 2), party(2, status=WAITING), offer(3, COHORT.closes_at)])
    assert rests == Taken(3)
    assert change(changed(places=3), rests, NOON).events
    refused = refusal(changed(places=2), rests)
    assert (refused.slug, refused.parameters) == ("places-taken", {"taken": 3})


def test_the_same_holds_for_each_workshop() -> None:
    rests = taken(WITH_WORKSHOPS, [party(1, 2, group=PLAY), party(2, group=PLAY, status=WAITING)])
    assert rests == Taken(2, {PLAY.id: 2, PARENTS.id: 0}, frozenset({PLAY.id}))
    assert change(changed(WITH_WORKSHOPS, groups=(PLAY, replace(PARENTS, places=1))), rests, NOON).events
    refused = refusal(changed(WITH_WORKSHOPS, groups=(replace(PLAY, places=1), PARENTS)), rests)
    assert refused.parameters == {"group_id": PLAY.id, "group": "Play", "taken": 2}


def test_a_workshop_goes_when_nobody_is_in_it_or_waits_for_it() -> None:
    rests = taken(WITH_WORKSHOPS, [party(1, group=PLAY, status=WAITING)])
    assert change(changed(WITH_WORKSHOPS, groups=(PLAY,)), rests, NOON).state.after.groups == (PLAY,)
    assert refusal(changed(WITH_WORKSHOPS, groups=(PARENTS,)), rests).slug == "group-has-people"
    gone = taken(WITH_WORKSHOPS, [party(1, group=PLAY, status=RegistrationStatus.CANCELLED)])
    assert change(changed(WITH_WORKSHOPS, groups=(PARENTS,)), gone, NOON).events


def test_the_history_keeps_all_that_may_change() -> None:
    was = replace(WITH_WORKSHOPS, begins=time(9), ends=time(15, 30), version=4)
    now = replace(
        was,
        title=Names(da="A", en="B"),
        starts_on=LATER,
        ends_on=LATER,
        begins=None,
        ends=None,
        venue=Venue("Nuuk", "Aqqusinersuaq 1"),
        zone=Zone.NUUK,
        places=1,
        deadline=LATER,
        groups=(Group(UUID(int=60), "New", 9),),
        version=5,
    )
    assert cohort_with(now, details_of(was), 4) == was
    assert cohort_with(was, details_of(now), 5) == now


def at(hour: str) -> Text:
    return Text("{hour}:{minute}", {"hour": hour, "minute": "00"})


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("confirmed", "that you have registered for."),
        ("waiting", "that you are on the waiting list for."),
        ("offered", "that you have been offered a place at."),
    ],
)
def test_each_is_told_of_a_change_as_they_stand_to_it(status: str, said: str) -> None:
    there = replace(party(1), status=type(WAITING)(status), answer_by=NOON)
    there = replace(there, contact=replace(there.contact, language="en"))
    renamed = done(replace(COHORT, begins=time(9)), zone=Zone.NUUK, title=Names(da="Ny", en="New"))
    mail = RegistrationEmail(there, renamed.after, "token").changed(renamed)
    was = {"title": "New", "was": COHORT.title.en}
    assert mail.subject == Text("Changed: {title} (before: {was})", was)
    assert mail.paragraphs[1].message == f"Something has changed about the gathering {said}"
    hours = Text("{hours} ({city} time)", {"hours": Text("from {begins}", {"begins": at("09")}), "city": Text("Nuuk")})
    assert [each.parameters["hours"] for each in mail.paragraphs if "hours" in each.parameters] == [hours]


def test_another_clock_is_told_to_those_who_have_registered() -> None:
    by_nuuk = done(replace(COHORT, begins=time(9), ends=time(15)), zone=Zone.NUUK)
    assert concerns(by_nuuk, party(1))
    assert [(each.what, each.was, each.became) for each in moved(by_nuuk)] == [
        (Text("Time zone"), Text("Copenhagen"), Text("Nuuk"))
    ]
    hours = Text("{begins} to {ends}", {"begins": at("09"), "ends": at("15")})
    assert hours_there(by_nuuk.before) == hours
    assert hours_there(by_nuuk.after) == Text("{hours} ({city} time)", {"hours": hours, "city": Text("Nuuk")})


# Those who have registered


def test_who_waits_moves_up_in_order_when_there_are_more_places() -> None:
    line = [party(1, 4), party(2, 2, status=WAITING), party(3, status=WAITING), party(4, status=WAITING)]
    decision = follow(done(places=7), line, NOON)
    assert [(each.id.int, each.status) for each in decision.state] == [(2, "confirmed"), (3, "confirmed")]
    assert [type(each) for each in decision.events] == [RegistrationConfirmed] * 2


def test_who_waits_for_a_workshop_moves_up_when_it_has_more_places() -> None:
    line = [party(1, 2, group=PLAY), party(2, group=PLAY, status=WAITING)]
    larger = done(WITH_WORKSHOPS, groups=(replace(PLAY, places=3), PARENTS))
    assert [each.id.int for each in follow(larger, line, NOON).state] == [2]


SOON = datetime(2026, 11, 19, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answer_by", "deadline", "expected"),
    [
        (COHORT.closes_at, date(2026, 11, 30), datetime(2026, 11, 25, 23, tzinfo=UTC)),
        (COHORT.closes_at, date(2026, 11, 22), datetime(2026, 11, 22, 23, tzinfo=UTC)),
        (COHORT.closes_at, date(2026, 11, 19), SOON),
        (SOON, date(2026, 11, 18), datetime(2026, 11, 18, 23, tzinfo=UTC)),
    ],
)
def test_an_offer_follows_the_last_day_to_register(answer_by: datetime, deadline: date, expected: datetime) -> None:
    asked, moves = offer(1, answer_by), done(deadline=deadline)
    lapsed = OfferLapsed(registration_id=asked.id, cohort_id=COHORT.id)
    renewed = replace(asked, answer_by=expected)
    timer = Timer(offer_key(asked.id), expected, lapsed)
    assert follow(moves, [asked], datetime(2026, 11, 18, 12, tzinfo=UTC)) == Decision((renewed,), (), (timer,))
    assert concerns(moves, renewed)


def test_an_offer_that_ends_before_both_days_stays_and_nobody_is_told() -> None:
    asked, moves = offer(1, SOON), done(deadline=date(2026, 11, 30))
    assert (follow(moves, [asked], NOON), concerns(moves, asked)) == (Decision(()), False)
    assert follow(done(deadline=date(2026, 11, 19)), [asked], NOON) == Decision(())


def test_who_waits_from_the_interest_list_is_asked_when_people_can_register_again() -> None:
    waits = replace(party(1, status=WAITING), interest_id=UUID(int=101))
    assert follow(done(places=9), [waits], COHORT.closes_at).state == ()
    (asked,) = follow(done(deadline=date(2026, 11, 25)), [waits], COHORT.closes_at).state
    assert (asked.status, asked.answer_by) == (OFFERED, datetime(2026, 11, 25, 23, tzinfo=UTC))


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({"starts_on": date(2026, 11, 30)}, True),
        ({"ends_on": LATER}, True),
        ({"begins": time(9)}, True),
        ({"ends": time(15)}, True),
        ({"venue": Venue("Odense", "Havnegade 2")}, True),
        ({"groups": (replace(PLAY, name="Games"), PARENTS)}, True),
        ({"groups": (PLAY, replace(PARENTS, name="Families"))}, False),
        ({"groups": (replace(PLAY, places=9), PARENTS)}, False),
        ({"title": Names(da="A", en="B")}, False),
        ({"places": 9}, False),
        ({"deadline": date(2026, 11, 21)}, False),
    ],
)
@pytest.mark.parametrize("status", [RegistrationStatus.CONFIRMED, WAITING])
def test_only_what_matters_to_somebody_is_told_them(
    details: dict[str, Any], expected: bool, status: RegistrationStatus
) -> None:
    assert concerns(done(WITH_WORKSHOPS, **details), party(1, group=PLAY, status=status)) is expected


def test_what_rests_on_a_gathering_that_is_called_off_is_cancelled_and_nothing_is_told_of_each() -> None:
    parties = [party(number, status=status) for number, status in enumerate(RegistrationStatus, start=1)]
    parties = [replace(each, answer_by=NOON) if each.status is RegistrationStatus.OFFERED else each for each in parties]
    resting = [each for each in parties if each.status not in GONE]
    cancelled = tuple(replace(each, status=RegistrationStatus.CANCELLED, answer_by=None) for each in resting)
    assert {each.status for each in resting} == {
        RegistrationStatus.CONFIRMED,
        RegistrationStatus.WAITING,
        RegistrationStatus.OFFERED,
    }
    assert call_off(parties) == Decision(cancelled)


def test_who_has_gone_or_registered_afterwards_is_told_nothing() -> None:
    moves = done(starts_on=date(2026, 11, 30))
    assert [
        concerns(moves, each)
        for each in (
            party(1),
            party(1, status=RegistrationStatus.CANCELLED),
            party(1, status=RegistrationStatus.LAPSED),
            replace(party(1), cohort_version=2),
        )
    ] == [True, False, False, False]


# What is sent


@pytest.mark.parametrize(
    ("kind", "days", "start", "due_at"),
    [
        (MaterialKind.BEFORE, 0, date(2027, 3, 27), datetime(2027, 3, 27, 7, tzinfo=UTC)),
        (MaterialKind.BEFORE, 0, date(2027, 3, 28), datetime(2027, 3, 28, 6, tzinfo=UTC)),
        (MaterialKind.BEFORE, 7, date(2027, 11, 6), datetime(2027, 10, 30, 6, tzinfo=UTC)),
        (MaterialKind.BEFORE, 7, date(2027, 11, 7), datetime(2027, 10, 31, 7, tzinfo=UTC)),
        (MaterialKind.AFTER, 1, date(2027, 10, 29), datetime(2027, 10, 30, 6, tzinfo=UTC)),
        (MaterialKind.AFTER, 1, date(2027, 10, 30), datetime(2027, 10, 31, 7, tzinfo=UTC)),
    ],
)
def test_what_is_sent_follows_the_days_to_the_same_hour_in_summer_and_in_winter(
    kind: MaterialKind, days: int, start: date, due_at: datetime
) -> None:
    waits = Material(UUID(int=70), COHORT.id, kind, days, "Bring this.", None, NOON)
    moved = replace(waits, due_at=due_at)
    due = MaterialDue(material_id=waits.id, cohort_id=COHORT.id)
    cohort = replace(COHORT, starts_on=start, ends_on=start)
    assert follow_materials(cohort, [waits]) == Decision(
        (moved,), (), (Timer(f"material/{waits.id}/due", due_at, due),)
    )
    assert follow_materials(cohort, [moved]) == Decision(())
    assert follow_materials(cohort, [replace(waits, sent_at=NOON)]) == Decision(())


def test_the_last_day_to_register_ends_at_midnight_on_both_sides_of_winter_time() -> None:
    ends = [replace(COHORT, deadline=date(2026, 10, day)).closes_at for day in (24, 25)]
    assert ends == [datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC)]
