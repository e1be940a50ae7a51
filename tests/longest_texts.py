"""One thing of each kind in intake, with every text as long as it may be and without a place to break it."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from typing import Any

from pdf_cases import PDF
from whole_system import PlayedStory

from local.story import cast
from local.story.client import wait_for
from local.story.stage import Stage
from shared.tokens import new_token, token_hash

LINE, PROSE = "Ø" * 200, "å" * 5_000
REMARK, LONGEST = PROSE[:2_000], "å" * 20_000
EMAIL = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.example.org"
SCORES = ("need", "vulnerable-families", "motivation", "leadership")
NIGHT = timedelta(days=1)
_NUMBERS = count(1_999_000_001)
_ADDRESS = {"street": LINE, "postal_code": "4760", "city": LINE}


class LongestTexts:
    """Makes the things in a system that runs, and keeps their ids and tokens by what they are."""

    def __init__(self, played: PlayedStory) -> None:
        self._played = played
        self._stage: Stage = played.whole.story().stage
        self.found: dict[str, str] = {}
        self._ask()
        self._apply()
        self._assess()
        self._decide()
        self._gather()
        self._write()
        for table in ("registration", "interest", "subscription"):
            self._link(table)
        played.whole.sql(
            "update intake.mail set sent_at = null, next_attempt_at = null, attempts = 6, last_attempt_at = now(),"
            f" last_error = '550' where address = '{EMAIL}'"
        )
        self._stage.leave()

    def _do(self, name: str, path: str, body: object = None, version: int | None = None) -> Mapping[str, Any]:
        answer = self._stage.person(name).post("intake", path, body, version)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else {}

    def _daycare(self) -> str:
        daycare = cast.NURSERY | {"name": LINE, "address": _ADDRESS, "p_number": str(next(_NUMBERS))}
        return str(self._do("anna", "daycares", daycare)["id"])

    def _ask(self) -> None:
        question = self._do("anna", "enquiries", {"question": PROSE})
        self._do("david", f"enquiries/{question['id']}/answer", {"answer": PROSE}, 1)
        self.found["enquiry"] = question["id"]

    def _applied(self) -> str:
        daycares = [self._daycare(), self._daycare()]
        selection = [{"daycare_id": each, "vulnerable_share": 100, "inspections": PROSE} for each in daycares]
        wish = cast.long_course(self.found["round"], daycares) | {
            "motivation": PROSE * 2,
            "contact": {"name": LINE, "email": EMAIL},
            "selection": selection,
            "enquiry_id": self.found["enquiry"],
        }
        answer = self._stage.person("anna").post("intake", "applications", wish).json()
        return str(answer.get("id") or answer["application_id"])

    def _apply(self) -> None:
        today = self._stage.today
        round_ = {"programme": "long-course", "opens_on": str(today), "deadline": str(today)}
        self.found["round"] = self._do("david", "rounds", round_)["id"]
        longer = {"deadline": str(today + NIGHT), "reason": LINE + LINE}
        self._do("david", f"rounds/{self.found['round']}/extension", longer, 1)
        names = ("waiting", "declined", "agreed")
        self.found |= {name: self._applied() for name in names}
        self.found["daycare"] = self._daycare()
        unopened = round_ | {"opens_on": str(today + NIGHT), "deadline": str(today + NIGHT)}
        before = self.found["round"]
        self.found["round"] = self._do("david", "rounds", unopened)["id"]
        self.found["refused"] = self._applied()
        self.found["round"] = before

    def _assess(self) -> None:
        scores = [{"criterion": each, "points": 1, "remark": REMARK} for each in SCORES]
        for name in ("mads", "jonas"):
            for kind in ("waiting", "declined"):
                self._do(name, f"assessments/{self.found[kind]}/taking")
                self._do(name, f"assessments/{self.found[kind]}/scores", {"scores": scores}, 1)

    def _decide(self) -> None:
        desk = f"releases/{self.found['round']}"
        for kind in ("declined", "waiting"):
            chosen = [{"id": self.found[kind], "version": 1}]
            body = {"applications": chosen, "outcome": "decline", "reason": REMARK}
            seen = self._stage.person("clara").get("intake", desk)["version"]
            self._do("clara", f"{desk}/preparations", body, seen)
            if kind == "declined":
                self._do("clara", f"{desk}/release", None, seen + 1)
        application = self.found["agreed"]
        self._do("clara", f"applications/{application}/acceptance", {"reason": REMARK}, 1)
        self.found["agreement"] = self._do("clara", "agreements", {"application_id": application})["id"]
        shown = self._stage.person("clara").get("intake", f"applications/{application}")
        swap = {"left": shown["daycares"][0], "joined": self._daycare(), "reason": REMARK}
        self._do("clara", f"applications/{application}/substitutions", swap, shown["version"])
        query = f"letters?application_id={self.found['declined']}"
        (letter,) = wait_for("letter", lambda: self._stage.person("clara").get("intake", query))
        words = {"theme": LINE, "text": LONGEST}
        self._do("clara", f"letters/{letter['id']}/words", words, 1)
        self.found["letter"] = letter["id"]
        (draft,) = wait_for(
            "letter", lambda: self._stage.person("clara").get("intake", f"letters?application_id={application}")
        )
        self.found["draft letter"] = draft["id"]

    def _gather(self) -> None:
        day = str(self._stage.today + timedelta(days=30))
        wish = {
            "programme": "learning-day",
            "title_da": LINE,
            "title_en": LINE,
            "starts_on": day,
            "deadline": day,
            "town": LINE,
            "address": LINE,
            "places": 1,
            "groups": [{"name": LINE, "places": 1}],
        }
        gathering = self._do("lone", "gatherings", wish)
        self.found["gathering"] = id = gathering["id"]
        person = {"name": LINE, "audience": "leaders", "group": gathering["groups"][0]["id"], "needs": LINE + LINE}
        party = {"name": LINE, "email": EMAIL, "workplace": LINE, "attendees": [person]}
        self._do("lone", f"gatherings/{id}/registrations", party)
        file = {"name": f"{'a' * 190}.pdf", "content": b64encode(PDF).decode()}
        self._do("lone", f"gatherings/{id}/materials/before", {"days": 7, "text": PROSE, "file": file}, 0)
        wait = {"programme": "toolkit-training", "name": LINE, "email": EMAIL, "audience": "staff"}
        self._do("lone", "interests", wait)

    def _write(self) -> None:
        issue = {"subject": LINE, "text": LONGEST, "topics": ["rounds"]}
        self.found["issue"] = self._do("lone", "newsletters", issue)["id"]
        self._do("lone", "subscriptions", {"email": EMAIL, "topics": ["rounds"]})

    def _link(self, table: str) -> None:
        """A token of a link, as in the e-mail about the thing."""
        self.found[table] = token = new_token()
        self._played.whole.sql(
            f"insert into intake.{table}_link"
            f" select '{token_hash(token)}', id, now() from intake.{table} where email = '{EMAIL}'"
        )
