"""The problems that the gatherings answer with."""

from shared.errors import Text
from shared.web.problem_kinds import ProblemKind

PROBLEMS = (
    ProblemKind(
        "unknown-gathering",
        Text("There is no such gathering"),
        Text("The list of gatherings shows which there are. Nothing was stored."),
        status=404,
        way="/gatherings",
    ),
    ProblemKind(
        "programme-takes-applications",
        Text("The programme takes applications"),
        Text(
            "One applies for this programme instead of registering. The list of programmes shows what can be applied "
            "for. Nothing was stored."
        ),
        sentence=Text("One applies for this programme, and does not register."),
        status=422,
        way="/programmes",
    ),
    ProblemKind(
        "gathering-ends-before-it-starts",
        Text("The gathering would end before it starts"),
        Text("The last day must be the first day, or a later one. Nothing was stored."),
        sentence=Text("The last day {ends_on} lies before the first, {starts_on}."),
        status=422,
    ),
    ProblemKind(
        "registration-closes-too-late",
        Text("People could register after the gathering has begun"),
        Text("The last day to register must be the first day of the gathering, or an earlier one. Nothing was stored."),
        sentence=Text("The last day to register must be no later than {starts_on}."),
        status=422,
    ),
    ProblemKind(
        "registration-over-already",
        Text("The last day to register has passed already"),
        Text("Choose a day that is still to come as the last day to register. Nothing was stored."),
        sentence=Text("The last day to register, {deadline}, has passed already."),
        status=422,
    ),
    ProblemKind(
        "part-not-offered",
        Text("The programme has no such form or topic"),
        Text("The page of the programme shows its forms and topics. Choose one of them. Nothing was stored."),
        sentence=Text("The programme does not have this."),
        status=422,
        way="/programmes",
    ),
    ProblemKind(
        "audience-not-offered",
        Text("The programme is not for these people"),
        Text(
            "A gathering is for all whom its programme is for, or for some of them. Choose among them. Nothing was "
            "stored."
        ),
        sentence=Text("The programme, or the form of it, is not for all of these."),
        status=422,
        way="/programmes",
    ),
    ProblemKind(
        "group-named-twice",
        Text("Two workshops have the same name"),
        Text("People choose a workshop by its name. Give each a name of its own. Nothing was stored."),
        sentence=Text("Two of them have the same name."),
        status=422,
    ),
    ProblemKind(
        "gathering-hours-reversed",
        Text("The gathering would end before it begins"),
        Text("On a gathering of one day, the time of the end comes after that of the beginning. Nothing was stored."),
        sentence=Text("It must end later than it begins."),
        status=422,
    ),
    ProblemKind(
        "gathering-in-the-past",
        Text("The day has passed already"),
        Text("A gathering is moved to days that are still to come. Choose a later day. Nothing was stored."),
        sentence=Text("{day} has passed already."),
        status=422,
    ),
    ProblemKind(
        "gathering-moves-without-reason",
        Text("A reason is missing"),
        Text(
            "Whoever has registered is told why days, hours, the time zone or the venue change. Write the reason, and "
            "send it again. "
            "Nothing was stored."
        ),
        sentence=Text("Write why the days, the hours, the time zone or the venue change."),
        status=422,
    ),
    ProblemKind(
        "places-taken",
        Text("More places are taken"),
        Text("Give the gathering at least as many places as are taken or kept for an answer. Nothing was stored."),
        sentence=Text("So many places are taken already, or kept for an answer: {taken}. There must be room for them."),
        status=409,
        members=Text("The member `taken` of `parameters` says how many, with those kept for an answer."),
    ),
    ProblemKind(
        "group-places-taken",
        Text("More places of a workshop are taken"),
        Text("Give the workshop at least as many places as are taken. Nothing was stored."),
        sentence=Text("So many places in {group} are taken already: {taken}. There must be room for them."),
        status=409,
        members=Text("The member `taken` of `parameters` says how many, `group_id` of which workshop."),
    ),
    ProblemKind(
        "group-has-people",
        Text("Somebody has chosen the workshop"),
        Text("A workshop is taken away when nobody is in it or waits for it. Nothing was stored."),
        sentence=Text("Somebody has a place in {group} or waits for one, so it cannot be taken away."),
        status=409,
    ),
    ProblemKind(
        "gathering-settled",
        Text("The gathering has been held or called off already"),
        Text(
            "Nothing more can be done about it. The list of gatherings shows those that are still to come. Nothing "
            "was stored."
        ),
        sentence=Text("The gathering has been held or called off already."),
        status=409,
        way="/gatherings",
    ),
    ProblemKind(
        "unknown-group",
        Text("There is no such workshop"),
        Text("The gathering lists its workshops. Choose one of them. Nothing was stored."),
        sentence=Text("Choose one of the workshops."),
        status=422,
    ),
    ProblemKind(
        "gathering-over",
        Text("The gathering is over"),
        Text("What has taken place can no longer be cancelled. You need do nothing more. Nothing was stored."),
        sentence=Text("The gathering is over."),
        status=409,
        way="/gatherings",
    ),
)
