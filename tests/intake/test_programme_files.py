"""Programme files: what the real ones say, and that every mistake is refused with its file and line."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from intake_cases import ADVICE, PROGRAMMES, owed, real_programme
from pydantic import TypeAdapter

from intake.organisations.model import Ownership
from intake.programmes.files import Mistake, ProgrammeFileError, load_programmes, read_programme
from intake.programmes.model import Programme
from intake.programmes.offer import Admission, AgeFocus, Audience, Offer, Sparring
from intake.programmes.rules import (
    Applicant,
    ApplicantKind,
    DaycareCount,
    HourCap,
    OwnershipAllowed,
    Rule,
    YoungChildren,
)
from intake.programmes.store import programme_of
from intake.programmes.tables import ProgrammeRow
from shared.contracts.intake.programmes import PlannedPhase
from shared.contracts.vocabulary import Instrument, IntakeMode, Names, Scope, Skill

# the real files, as the call of 2017 and the current offer describe them

EVERYBODY = Applicant(rule="applicant", allowed=tuple(ApplicantKind))
ADMINISTRATION = Applicant(rule="applicant", allowed=(ApplicantKind.ADMINISTRATION,))
EVERY_OWNERSHIP = OwnershipAllowed(rule="ownership", allowed=tuple(Ownership))
UP_TO_TWENTY = DaycareCount(rule="daycare_count", at_least=1, at_most=20)
OBSERVATION = owed(Instrument.OBSERVATION, Scope.DAYCARE)

LONG_COURSE = Programme(
    slug="long-course",
    version=1,
    names=Names(da="Længerevarende rådgivningsforløb", en="Long advisory course"),
    valid_from=date(2021, 1, 1),
    valid_until=None,
    intake=IntakeMode.ROUNDS,
    duration_months=18,
    team_size=2,
    rules=(
        ADMINISTRATION,
        DaycareCount(rule="daycare_count", at_least=2, at_most=5),
        EVERY_OWNERSHIP,
        YoungChildren(rule="young_children", below=3),
    ),
    phases=(
        PlannedPhase(
            name="start",
            names=Names(da="Opstart", en="Start"),
            months=3,
            owes=(OBSERVATION, owed(Instrument.LEADERSHIP_SURVEY, Scope.COURSE)),
            hours_per_month=30,
        ),
        PlannedPhase(name="advice", names=ADVICE.names, months=12, hours_per_month=20),
        PlannedPhase(
            name="closing",
            names=Names(da="Afslutning", en="Closing"),
            months=3,
            owes=(OBSERVATION,),
            hours_per_month=24,
        ),
    ),
    skills=(Skill.LEARNING_ENVIRONMENTS, Skill.LEADERSHIP),
)
SHORT_COURSE = Programme(
    slug="short-course",
    version=1,
    names=Names(da="Kort rådgivningsforløb", en="Short advisory course"),
    valid_from=date(2021, 1, 1),
    valid_until=None,
    intake=IntakeMode.ROLLING,
    duration_months=3,
    team_size=2,
    rules=(EVERYBODY, UP_TO_TWENTY, EVERY_OWNERSHIP, HourCap(rule="hour_cap", at_most=20)),
    phases=(ADVICE,),
    skills=(),
)
ONE_YEAR_COURSE = Programme(
    slug="one-year-course",
    version=1,
    names=Names(da="Etårigt rådgivnings- og vejledningsforløb", en="One-year advisory course"),
    valid_from=date(2017, 1, 1),
    valid_until=date(2019, 1, 31),
    intake=IntakeMode.ROUNDS,
    duration_months=12,
    team_size=2,
    rules=(ADMINISTRATION, UP_TO_TWENTY, EVERY_OWNERSHIP),
    phases=(PlannedPhase(name="advice", names=ADVICE.names, months=12),),
    skills=(Skill.LEARNING_ENVIRONMENTS, Skill.LEADERSHIP),
    redacted=True,
    sealed=True,
)
MINI_COURSE = Programme(
    slug="mini-course",
    version=1,
    names=Names(da="Minivejledningsforløb", en="Mini advisory course"),
    valid_from=date(2017, 1, 1),
    valid_until=date(2019, 12, 31),
    intake=IntakeMode.ROLLING,
    duration_months=3,
    team_size=2,
    rules=(EVERYBODY, UP_TO_TWENTY, EVERY_OWNERSHIP, HourCap(rule="hour_cap", at_most=10)),
    phases=(ADVICE,),
    skills=(),
)


@pytest.mark.parametrize("said", [LONG_COURSE, SHORT_COURSE, ONE_YEAR_COURSE, MINI_COURSE], ids=lambda each: each.slug)
def test_a_real_file_says_what_the_offer_says(said: Programme) -> None:
    real = real_programme(said.slug)
    assert replace(real, criteria=(), offer=Offer()) == said


def test_the_criteria_are_those_of_the_call_with_a_scale_each() -> None:
    for slug in ("one-year-course", "long-course"):
        assert [(each.name, each.weight, each.highest) for each in real_programme(slug).criteria] == [
            ("need", 3, 3),
            ("vulnerable-families", 3, 3),
            ("motivation", 2, 3),
            ("leadership", 2, 3),
        ]


def test_all_eight_programmes_are_free_and_say_how_one_gets_in() -> None:
    found = {each.slug: (each.intake, each.offer.admits, each.offer.fee) for each in load_programmes(PROGRAMMES)}
    assert found == {
        "learning-day": (IntakeMode.REGISTRATION, Admission.AUDIENCE, 0),
        "long-course": (IntakeMode.ROUNDS, None, 0),
        "mini-course": (IntakeMode.ROLLING, None, 0),
        "national-conference": (IntakeMode.REGISTRATION, Admission.EVERYBODY, 0),
        "one-year-course": (IntakeMode.ROUNDS, None, 0),
        "short-course": (IntakeMode.ROLLING, None, 0),
        "theme-day": (IntakeMode.REGISTRATION, Admission.PARTICIPANTS, 0),
        "toolkit-training": (IntakeMode.REGISTRATION, Admission.AUDIENCE, 0),
    }


def test_the_offers_differ_where_the_documents_do() -> None:
    long, short, mini = (real_programme(slug).offer for slug in ("long-course", "short-course", "mini-course"))
    assert (long.sparring, short.sparring, mini.sparring) == (Sparring.CONDITION, Sparring.OFFERED, None)
    assert (long.age_focus, mini.age_focus) == (AgeFocus(youngest=0, oldest=2), None)
    assert mini.mainly_for == (Ownership.SELF_GOVERNING, Ownership.PRIVATE)
    year = real_programme("one-year-course").offer
    assert (year.rounds_per_year, year.runs_until) == (2, date(2019, 12, 31))
    assert year.themes == (Skill.LEARNING_ENVIRONMENTS, Skill.PARENTS, Skill.INTERDISCIPLINARY_WORK, Skill.LEADERSHIP)


def test_the_toolkit_comes_in_two_forms_and_four_topics() -> None:
    offer = real_programme("toolkit-training").offer
    assert [(part.name, part.audiences) for part in offer.forms] == [
        ("form-1", (Audience.LEADERS, Audience.DEPUTY_LEADERS)),
        ("form-2", (Audience.STAFF,)),
    ]
    assert [part.name for part in offer.topics] == ["learning-environment", "parents", "child-folder", "leadership"]


def test_the_limit_of_hours_is_that_of_the_rule() -> None:
    caps = {each.slug: each.hour_cap for each in load_programmes(PROGRAMMES)}
    assert {slug: cap for slug, cap in caps.items() if cap is not None} == {"mini-course": 10, "short-course": 20}


# a file of two versions, into which each test below puts one mistake

LINES = """\
programme: a-course
names:
  da: Et forløb
  en: A course
versions:
  - version: 1
    valid_from: 2017-01-01
    valid_until: 2019-12-31
    intake: rolling
    duration_months: 6
    team_size: 2
    rules:
      - {rule: daycare_count, at_least: 1, at_most: 20}
      - {rule: hour_cap, at_most: 10}
    phases:
      - name: start
        names: {da: Opstart, en: Start}
        months: 2
        owes:
          - {instrument: observation, per: daycare}
      - name: advice
        names: {da: Rådgivning, en: Advice}
        months: 4
  - version: 2
    valid_from: 2020-01-01
    intake: rounds
    duration_months: 3
    team_size: 3
    skills: [leadership]
    rules: []
    phases:
      - name: advice
        names: {da: Rådgivning, en: Advice}
        months: 3
"""


RULES_MISSING = "rules are missing; write rules: [] where anybody may apply"
REGISTERS = "offer.admits is about registrations, and this programme takes applications"


def line(number: int, text: str | None) -> str:
    """The file with one line replaced, by several or by nothing."""
    lines = LINES.splitlines()
    lines[number - 1 : number] = [] if text is None else text.splitlines()
    return "\n".join(lines)


def mistakes(content: str | bytes, folder: Path) -> list[tuple[int, str]]:
    """The line of every mistake with what is said of it."""
    file = folder / "programme.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ProgrammeFileError) as refused:
        read_programme(file)
    return [located(mistake, file) for mistake in refused.value.mistakes]


def located(mistake: Mistake, file: Path) -> tuple[int, str]:
    matched = re.fullmatch(re.escape(str(file)) + r":(\d+): (.+)", str(mistake))
    assert matched is not None, mistake
    return int(matched[1]), matched[2]


def places(content: str | bytes, folder: Path) -> list[tuple[int, str]]:
    """The line of every mistake with the place it names; the words after that are those of the parser."""
    return [(line, said.partition(": ")[0]) for line, said in mistakes(content, folder)]


def test_the_versions_of_a_file_are_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "programme.yaml").write_text(LINES, encoding="utf-8")
    names = Names(da="Et forløb", en="A course")
    start = PlannedPhase(name="start", names=Names(da="Opstart", en="Start"), months=2, owes=(OBSERVATION,))
    hour_cap: Rule = HourCap(rule="hour_cap", at_most=10)
    assert load_programmes(tmp_path) == (
        Programme(
            slug="a-course",
            version=1,
            names=names,
            valid_from=date(2017, 1, 1),
            valid_until=date(2019, 12, 31),
            intake=IntakeMode.ROLLING,
            duration_months=6,
            team_size=2,
            rules=(UP_TO_TWENTY, hour_cap),
            phases=(start, PlannedPhase(name="advice", names=ADVICE.names, months=4)),
            skills=(),
        ),
        Programme(
            slug="a-course",
            version=2,
            names=names,
            valid_from=date(2020, 1, 1),
            valid_until=None,
            intake=IntakeMode.ROUNDS,
            duration_months=3,
            team_size=3,
            rules=(),
            phases=(ADVICE,),
            skills=(Skill.LEADERSHIP,),
        ),
    )


@pytest.mark.parametrize(
    ("content", "where"),
    [
        pytest.param(line(13, "      - {rule: shoe_size}"), (13, "versions.0.rules.0"), id="unknown rule"),
        pytest.param(line(13, "      - {at_least: 1}"), (13, "versions.0.rules.0"), id="rule without a name"),
        pytest.param(
            line(14, "      - {rule: hour_cap}"),
            (14, "versions.0.rules.1.hour_cap.at_most"),
            id="rule that lacks a key",
        ),
        pytest.param(
            line(14, "      - rule: hour_cap\n        at_most: 9\n        colour: red"),
            (16, "versions.0.rules.1.hour_cap.colour"),
            id="unknown key of a rule",
        ),
        pytest.param(
            line(13, "      - {rule: daycare_count, at_least: 3, at_most: 2}"),
            (13, "versions.0.rules.0.daycare_count"),
            id="range from more to less",
        ),
        pytest.param(line(1, "programme: A Course"), (1, "programme"), id="name that no address can hold"),
        pytest.param(LINES + "colour: red\n", (35, "colour"), id="unknown key of the file"),
        pytest.param(
            line(11, "    team_size: 2\n    colour: red"), (12, "versions.0.colour"), id="unknown key of a version"
        ),
        pytest.param(
            line(23, "        months: 4\n        colour: red"), (24, "versions.0.phases.1.colour"), id="of a phase"
        ),
        pytest.param(line(3, "  da: 4"), (3, "names.da"), id="number for a text"),
        pytest.param(line(11, "    team_size: two"), (11, "versions.0.team_size"), id="text for a number"),
        pytest.param(line(11, "    team_size: 2.5"), (11, "versions.0.team_size"), id="fraction for a number"),
        pytest.param(line(11, "    team_size: [2]"), (11, "versions.0.team_size"), id="list for a number"),
        pytest.param(line(7, "    valid_from: soon"), (7, "versions.0.valid_from"), id="text for a date"),
        pytest.param(line(26, "    intake: never"), (26, "versions.1.intake"), id="unknown way in"),
        pytest.param(line(29, "    skills: [leadership, juggling]"), (29, "versions.1.skills.1"), id="unknown skill"),
        pytest.param(
            line(20, "          - {instrument: observation, per: child}"),
            (20, "versions.0.phases.0.owes.0.per"),
            id="unknown scope",
        ),
        pytest.param(line(1, None), (1, "programme"), id="file that lacks a key"),
        pytest.param(line(3, None), (3, "names.da"), id="names that lack a language"),
        pytest.param(line(25, None), (24, "versions.1.valid_from"), id="version that lacks a key"),
        pytest.param(line(23, None), (21, "versions.0.phases.1.months"), id="phase that lacks a key"),
        pytest.param(line(11, "    team_size: 0"), (11, "versions.0.team_size"), id="team of nobody"),
        pytest.param(line(18, "        months: 0"), (18, "versions.0.phases.0.months"), id="phase of no time"),
        pytest.param("programme: a\nnames: {da: a, en: a}\nversions: []\n", (3, "versions"), id="no version"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(content: str, where: tuple[int, str], tmp_path: Path) -> None:
    assert places(content, tmp_path) == [where]


@pytest.mark.parametrize(
    ("content", "mistake"),
    [
        (line(10, "    duration_months: 7"), "the phases add up to 6 months, but duration_months is 7"),
        (line(23, "        months: 5"), "the phases add up to 7 months, but duration_months is 6"),
        (line(21, "      - name: start"), "two phases have the same name"),
        (LINES.replace("    rules: []\n", ""), RULES_MISSING),
        (LINES + "    offer: {admits: everybody}\n", REGISTERS),
        (line(9, "    intake: rolling\n    sealed: true"), "sealed is about rounds, and this programme has none"),
        (line(9, "    intake: rolling\n    redacted: true"), "redacted is about reviewers, who need criteria"),
        (line(8, "    valid_until: 2016-12-31"), "valid_until is before valid_from"),
    ],
)
def test_a_version_that_contradicts_itself_is_refused_at_its_first_line(
    content: str, mistake: str, tmp_path: Path
) -> None:
    first, place = (24, "versions.1") if mistake in (RULES_MISSING, REGISTERS) else (6, "versions.0")
    assert mistakes(content, tmp_path) == [(first, f"{place}: Value error, {mistake}")]


OFFERED = """\
programme: a-day
names: {da: En dag, en: A day}
versions:
  - version: 1
    valid_from: 2021-01-01
    intake: registration
    team_size: 1
    offer:
      fee: 0
      age_focus: {youngest: 0, oldest: 2}
      audiences: [leaders]
      admits: audience
      runs_until: 2030-12-31
      topics:
        - {name: a-topic, names: {da: Et emne, en: A topic}}
        - {name: another, names: {da: Et andet, en: Another}}
"""


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ("fee: 0", "fee: -1", (9, "versions.0.offer.fee")),
        ("fee: 0", "fee: 1000001", (9, "versions.0.offer.fee")),
        ("fee: 0", "price: 0", (9, "versions.0.offer.price")),
        ("oldest: 2", "oldest: 7", (10, "versions.0.offer.age_focus.oldest")),
        ("youngest: 0", "youngest: 3", (10, "versions.0.offer.age_focus")),
        ("[leaders]", "[leaders, parents]", (11, "versions.0.offer.audiences.1")),
        ("admits: audience", "admits: nobody", (12, "versions.0.offer.admits")),
        ("2030-12-31", "20301231", (13, "versions.0.offer.runs_until")),
        ("2030-12-31", "1999-12-31", (13, "versions.0.offer.runs_until")),
        ("2030-12-31", "2101-01-01", (13, "versions.0.offer.runs_until")),
        ("name: another", "name: a-topic", (9, "versions.0.offer")),
        ("name: another", "name: Another topic", (16, "versions.0.offer.topics.1.name")),
        ("team_size: 1", "team_size: 1\n    duration_months: 3", (4, "versions.0")),
        ("team_size: 1", "team_size: 1\n    rules: [{rule: hour_cap, at_most: 1}]", (4, "versions.0")),
    ],
)
def test_an_offer_that_does_not_fit_is_refused_with_its_line(
    before: str, after: str, where: tuple[int, str], tmp_path: Path
) -> None:
    assert before in OFFERED
    assert places(OFFERED.replace(before, after), tmp_path) == [where]


@pytest.mark.parametrize("day", ["1999-12-31", "2101-01-01", "9999-12-31"])
def test_what_was_published_before_the_bounds_stays_readable(day: str) -> None:
    definition = TypeAdapter(Programme).dump_python(LONG_COURSE, mode="json")
    definition["offer"]["runs_until"] = day
    row = ProgrammeRow(
        slug="long-course", version=1, valid_from=date(2021, 1, 1), valid_until=None, definition=definition
    )
    offer = LONG_COURSE.offer.model_copy(update={"runs_until": date.fromisoformat(day)})
    assert programme_of(row) == replace(LONG_COURSE, offer=offer)


CRITERION = "      - {name: need, names: {da: a, en: a}, weight: 1, scale: [{da: a, en: a}, {da: b, en: b}]}"


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ("weight: 1", "weight: 0", (36, "versions.1.criteria.0.weight")),
        ("weight: 1", "weight: 101", (36, "versions.1.criteria.0.weight")),
        (", {da: b, en: b}", "", (36, "versions.1.criteria.0.scale")),
        (", en: b", "", (36, "versions.1.criteria.0.scale.1.en")),
        ("name: need", "name: Need", (36, "versions.1.criteria.0.name")),
    ],
)
def test_a_criterion_that_does_not_fit_is_refused_with_its_line(
    before: str, after: str, where: tuple[int, str], tmp_path: Path
) -> None:
    assert before in CRITERION
    assert places(f"{LINES}    criteria:\n{CRITERION.replace(before, after)}\n", tmp_path) == [where]


def test_two_criteria_of_one_name_are_refused(tmp_path: Path) -> None:
    content = f"{LINES}    criteria:\n{CRITERION}\n{CRITERION}\n"
    assert mistakes(content, tmp_path) == [(24, "versions.1: Value error, two criteria have the same name")]


@pytest.mark.parametrize("last_day", ["2017-01-01", "2019-12-31"])
def test_versions_may_follow_each_other_from_day_to_day_or_with_a_gap(last_day: str, tmp_path: Path) -> None:
    file = tmp_path / "programme.yaml"
    file.write_text(line(8, f"    valid_until: {last_day}"), encoding="utf-8")
    assert [each.version for each in read_programme(file)] == [1, 2]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(line(8, "    valid_until: 2020-01-01"), id="one day is in both"),
        pytest.param(line(25, "    valid_from: 2016-01-01"), id="the later begins first"),
    ],
)
def test_versions_that_share_a_day_are_refused_at_the_later_one(content: str, tmp_path: Path) -> None:
    assert mistakes(content, tmp_path) == [(24, "version 2 overlaps version 1: both are in force on one day")]


def test_a_version_without_a_last_day_is_the_last(tmp_path: Path) -> None:
    assert mistakes(line(8, None), tmp_path) == [(23, "version 2 overlaps version 1: both are in force on one day")]


@pytest.mark.parametrize(
    ("content", "mistake"),
    [
        (line(24, "  - version: 1"), "version 1 does not follow version 1"),
        (line(6, "  - version: 3"), "version 2 does not follow version 3"),
    ],
)
def test_versions_out_of_order_are_refused_at_the_later_one(content: str, mistake: str, tmp_path: Path) -> None:
    assert mistakes(content, tmp_path) == [(24, mistake)]


# what is no programme at all


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("programme: [a\nnames: b\n", 2),
        ("programme: a\n\tnames: b\n", 2),
        ("programme: a\nnames: }\n", 2),
        ("programme: a\nnames: *nobody\n", 2),
        ("programme: a\nnames: !!python/name:os.system ''\n", 2),
        ("programme: a\n---\nprogramme: b\n", 2),
    ],
)
def test_what_is_not_yaml_is_refused_with_its_line(content: str, line: int, tmp_path: Path) -> None:
    assert places(content, tmp_path) == [(line, "not YAML")]


@pytest.mark.parametrize(
    ("content", "line"),
    [("", 1), ("# nothing yet\n\n", 1), ("- programme: a\n", 1), ("# a list\n- programme: a\n", 2), ("hello\n", 1)],
)
def test_what_is_not_a_mapping_is_refused_with_its_line(content: str, line: int, tmp_path: Path) -> None:
    assert [where for where, _ in mistakes(content, tmp_path)] == [line]


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProgrammeFileError) as refused:
        load_programmes(tmp_path)
    assert str(refused.value) == f"{tmp_path}: holds no programme files (*.yaml)"


# several at once


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    content = line(11, "    team_size: two").replace("per: daycare", "per: child").replace("da: Et", "de: Et")
    assert places(content, tmp_path) == [
        (3, "names.da"),
        (11, "versions.0.team_size"),
        (20, "versions.0.phases.0.owes.0.per"),
    ]


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    contents = {"a": line(10, "    duration_months: 7"), "b": LINES, "c": "programme: [\n", "d": line(8, None)}
    files = {name: tmp_path / f"{name}.yaml" for name in contents}
    for name, content in contents.items():
        files[name].write_text(content, encoding="utf-8")
    with pytest.raises(ProgrammeFileError) as refused:
        load_programmes(tmp_path)
    first, second, third = refused.value.mistakes
    assert [located(first, files["a"])[0], located(second, files["c"])[0], located(third, files["d"])[0]] == [6, 2, 23]


def test_the_error_shows_every_mistake_on_a_line_of_its_own() -> None:
    mistakes = [Mistake(Path("a.yaml"), 1, "one"), Mistake(Path("b.yaml"), None, "two")]
    assert str(ProgrammeFileError(mistakes)) == "a.yaml:1: one\nb.yaml: two"


# what is refused in ways of its own


def test_a_mistake_in_the_only_version_is_told_alone(tmp_path: Path) -> None:
    only_version = "\n".join(line(11, "    team_size: two").splitlines()[:23])
    assert places(only_version, tmp_path) == [(11, "versions.0.team_size")]


def test_an_unknown_key_is_refused_at_the_line_of_the_key(tmp_path: Path) -> None:
    content = line(11, "    team_size: 2\n    colours:\n      - red")
    assert places(content, tmp_path) == [(12, "versions.0.colours")]


def test_a_day_that_no_calendar_has_is_refused_with_its_line(tmp_path: Path) -> None:
    assert [where for where, _ in mistakes(line(7, "    valid_from: 2017-02-29"), tmp_path)] == [7]


def test_a_control_character_is_refused_with_its_line(tmp_path: Path) -> None:
    assert [where for where, _ in mistakes(line(3, "  da: Et \x07"), tmp_path)] == [3]


def test_what_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    assert mistakes(LINES.encode("latin-1"), tmp_path) == [(3, "not UTF-8")]


def test_a_key_that_stands_twice_is_refused_at_the_second(tmp_path: Path) -> None:
    assert [where for where, _ in mistakes(line(11, "    team_size: 2\n    team_size: 3"), tmp_path)] == [12]


@pytest.mark.parametrize(
    ("number", "text", "key"),
    [(11, 'team_size: "2"', "team_size"), (11, "team_size: yes", "team_size"), (7, "valid_from: 0", "valid_from")],
)
def test_a_value_of_another_type_is_not_converted(number: int, text: str, key: str, tmp_path: Path) -> None:
    assert places(line(number, f"    {text}"), tmp_path) == [(number, f"versions.0.{key}")]


@pytest.mark.parametrize("version", ["1", "3"])
def test_a_programme_in_two_files_is_refused_at_its_name_in_the_second(version: str, tmp_path: Path) -> None:
    second = f"# again\n{LINES}".replace("version: 2", "version: 4").replace("version: 1", f"version: {version}")
    for name, content in (("a.yaml", LINES), ("b.yaml", second)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ProgrammeFileError) as refused:
        load_programmes(tmp_path)
    (mistake,) = refused.value.mistakes
    assert located(mistake, tmp_path / "b.yaml")[0] == 2


@pytest.mark.parametrize(
    ("number", "text", "message"),
    [
        (11, "team_size: &size 2\n    duration_months: 12", "the key duration_months stands twice"),
        (7, "valid_from: 2017-01-01T12:00:00", "2017-01-01T12:00:00 is no whole number and no day of the calendar"),
        (11, "team_size: 0x2", "0x2 is no whole number and no day of the calendar"),
    ],
)
def test_what_would_be_read_otherwise_than_it_looks_is_refused(
    number: int, text: str, message: str, tmp_path: Path
) -> None:
    assert [message in said for _, said in mistakes(line(number, f"    {text}"), tmp_path)] == [True]


def test_an_alias_is_refused_at_its_line(tmp_path: Path) -> None:
    content = "programme: a-course\nnames: &names {da: Et, en: A}\nversions: [*names, *names]\n"
    assert mistakes(content, tmp_path) == [(2, "an alias (*) is used; write the thing out instead")]


def test_a_document_nested_without_end_is_refused(tmp_path: Path) -> None:
    assert mistakes("- " * 20_000, tmp_path) == [(1, "nested too deeply")]


REAL = (PROGRAMMES / "long-course.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        (
            "instrument: leadership_survey, per: course",
            "instrument: leadership_survey, per: daycare",
            "measured per course",
        ),
        ("{rule: young_children, below: 3}", "{rule: applicant, allowed: [daycare]}", "two rules are of the same kind"),
        ("name: advice", "name: ''", "String should match pattern"),
        ("months: 12", "months: 121", "less than or equal to 120"),
    ],
)
def test_what_could_never_work_is_refused(good: str, bad: str, message: str, tmp_path: Path) -> None:
    ((_, said),) = mistakes(REAL.replace(good, bad), tmp_path)
    assert message in said
