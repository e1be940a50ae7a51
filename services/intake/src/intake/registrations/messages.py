"""What people are written about their registration."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from intake.confirmations.model import DAYS_TO_CONFIRM
from intake.gatherings.model import Change, Cohort
from intake.gatherings.texts import Difference, hours_there, moved, renamed
from intake.registrations.model import Registration, RegistrationStatus
from shared.errors import Text
from shared.mail.outbox import Mail

CANCEL = Text("If you cannot come, please give your places to others: follow the link.")
_CHANGED = {
    RegistrationStatus.CONFIRMED: Text("Something has changed about the gathering that you have registered for."),
    RegistrationStatus.WAITING: Text("Something has changed about the gathering that you are on the waiting list for."),
    RegistrationStatus.OFFERED: Text(
        "Something has changed about the gathering that you have been offered a place at."
    ),
}
BY_LINK = Text("The link shows your registration. There you can also cancel it.")


def please_confirm(party: Registration, cohort: Cohort, token: str) -> Mail:
    """To an address that somebody has entered: is it so? Nothing that they have written stands in it, since nobody
    knows yet who they are."""
    email = RegistrationEmail(party, cohort, token)
    return Mail(
        party.contact.email,
        party.contact.language,
        Text("Please confirm your registration: {title}", email.title),
        (
            Text("Somebody, you we hope, has registered {people} for a gathering from this address.", _how_many(party)),
            email.where,
            Text("Nobody has a place yet. Follow the link and confirm it: places go to those who confirm first."),
            Text(
                "You can do so within {days} days. If it was not you, do nothing: we delete what was written then.",
                {"days": DAYS_TO_CONFIRM},
            ),
        ),
        f"/registrations/{token}",
    )


def _how_many(party: Registration) -> dict[str, object]:
    if party.people == 1:
        return {"people": Text("one person")}
    return {"people": Text("{number} people", {"number": party.people})}


@dataclass(frozen=True, slots=True)
class RegistrationEmail:
    """An e-mail about a registration; `token` is that of its link."""

    registration: Registration
    cohort: Cohort
    token: str

    def received(self) -> Mail:
        """To whoever has just registered: they have places, or they wait."""
        if self.registration.status is RegistrationStatus.CONFIRMED:
            return self._mail(Text("You have a place: {title}", self.title), self._welcome, self.where, CANCEL)
        waiting = Text("All places are taken at the moment. You wait, and are told as soon as there is room for you.")
        return self._mail(Text("You are on the waiting list: {title}", self.title), waiting, self.where, BY_LINK)

    def known_already(self) -> Mail:
        """To whoever sends the same registration again."""
        known = Text("You had registered already, so nothing has changed.")
        return self._mail(Text("You had registered already: {title}", self.title), known, self.where, BY_LINK)

    def too_many(self) -> Mail:
        """To whoever registers more parties than may come from one address: nobody has been added."""
        return self._mail(
            Text("Nobody more has been registered: {title}", self.title),
            Text("So many registrations have come from this address that the last one has not been taken."),
            Text("If it was you and more people are to come, please write to us."),
            BY_LINK,
        )

    def moved_up(self) -> Mail:
        """To whoever has waited and has places now."""
        moved = Text("There is room for you now: you have moved up from the waiting list.")
        subject = Text("You have a place now: {title}", self.title)
        return self._mail(subject, moved, self._welcome, self.where, CANCEL)

    def offered(self) -> Mail:
        """To somebody from the interest list: there is a date, and a place for them if they say so in time."""
        return self._mail(
            Text("Do you want a place? {title}", self.title),
            Text("You have asked to be told of the next gathering. Now there is a date, and a place for you."),
            self.where,
            Text("Please answer by {day}: follow the link. After that, the place goes to the next.", self._last_day),
        )

    def changed(self, change: Change) -> Mail:
        """To whoever has registered, when something changes that matters to them; the cohort is what it became."""
        own = {person.group_id for person in self.registration.attendees}
        differences = (*moved(change), *(each for id, each in renamed(change).items() if id in own))
        because = [Text("The reason: {reason}", {"reason": change.reason})] if change.reason and change.moves else []
        if self.registration.status is RegistrationStatus.OFFERED:
            answer = Text(
                "Please answer by {day}: follow the link. After that, the place goes to the next.", self._last_day
            )
        else:
            answer = CANCEL if self.registration.status is RegistrationStatus.CONFIRMED else BY_LINK
        by_another_clock = [self.where] if change.before.zone != change.after.zone else []
        return self._mail(
            self._changed_title(change),
            _CHANGED.get(self.registration.status, _CHANGED[RegistrationStatus.CONFIRMED]),
            *map(_sentence, differences),
            *by_another_clock,
            *because,
            answer,
        )

    def lapsed(self) -> Mail:
        """To somebody who has not answered in time."""
        return self._mail(
            Text("The place has gone to the next: {title}", self.title),
            Text("You have not answered in time. You are still on the list, and are told of the next gathering."),
        )

    def cancelled(self) -> Mail:
        """To whoever has cancelled."""
        return self._mail(
            Text("Your registration is cancelled: {title}", self.title),
            Text("You have cancelled your registration. Thank you for making room for others."),
        )

    def called_off(self) -> Mail:
        """To everybody who was to come, or waited, when a gathering is called off."""
        return self._mail(
            Text("Called off: {title}", self.title),
            Text("We are sorry: the gathering on {day} does not take place.", {"day": self.cohort.starts_on}),
        )

    @property
    def title(self) -> dict[str, object]:
        """What the gathering is called, in the reader's language."""
        title = self.cohort.title
        return {"title": title.en if self.registration.contact.language == "en" else title.da}

    def _changed_title(self, change: Change) -> Text:
        """Of what it is told that it has changed, by the name under which the reader knows it, too."""
        is_english = self.registration.contact.language == "en"
        was = change.before.title.en if is_english else change.before.title.da
        if was == self.title["title"]:
            return Text("Changed: {title}", self.title)
        return Text("Changed: {title} (before: {was})", self.title | {"was": was})

    @property
    def _last_day(self) -> dict[str, object]:
        answer_by = self.registration.answer_by
        assert answer_by is not None
        last = (answer_by - timedelta(seconds=1)).astimezone(ZoneInfo(self.cohort.zone))
        return {"day": last.date()}

    @property
    def _welcome(self) -> Text:
        people = self.registration.people
        if people == 1:
            return Text("A place is kept for {name}.", {"name": self.registration.attendees[0].name})
        return Text("Places are kept for {people} people.", {"people": people})

    @property
    def where(self) -> Text:
        """When and where it takes place."""
        venue = self.cohort.venue
        facts = {"day": self.cohort.starts_on, "town": venue.town, "address": venue.address}
        if (hours := hours_there(self.cohort)) is None:
            return Text("It takes place on {day} in {town}: {address}.", facts)
        return Text("It takes place on {day}, {hours}, in {town}: {address}.", facts | {"hours": hours})

    def _mail(self, subject: Text, *paragraphs: Text) -> Mail:
        contact = self.registration.contact
        greeting = Text("Dear {name}", {"name": contact.name})
        return Mail(contact.email, contact.language, subject, (greeting, *paragraphs), f"/registrations/{self.token}")


def _sentence(difference: Difference) -> Text:
    facts = {"what": difference.what, "became": difference.became, "was": difference.was}
    return Text("{what}: {became} (before: {was})", facts)
