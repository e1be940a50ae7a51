import asyncio

import pytest

from shared.errors import Refused
from shared.identity import PERSONAS, Identity, LocalPersonas, NobodySignsIn, Role
from shared.municipalities import municipalities

CLARA = Identity("local:clara", "Clara Juhl", frozenset({Role.CASEWORKER}))
ANNA = Identity("local:anna", "Anna Holm", frozenset({Role.APPLICANT}), "0390")


def test_local_personas_refuse_to_exist_outside_development() -> None:
    with pytest.raises(ValueError, match="development only"):
        LocalPersonas("production")


def test_every_role_has_a_persona_and_applicants_come_from_three_municipalities() -> None:
    assert {persona.role for persona in PERSONAS} == set(Role)
    applicants = {persona.key: persona.municipality for persona in PERSONAS if persona.role is Role.APPLICANT}
    assert applicants == {"anna": "0390", "bo": "0461", "ida": "0390", "ingrid": "0316"}


def test_a_persona_is_found_by_her_short_name() -> None:
    assert asyncio.run(LocalPersonas("development").exchange({"name": "clara"})) == CLARA
    assert asyncio.run(LocalPersonas("development").exchange({"name": "anna"})) == ANNA


async def test_every_municipality_has_an_applicant() -> None:
    personas, applicant = LocalPersonas("development"), frozenset({Role.APPLICANT})
    known = municipalities().values()
    subjects = {each.code: f"local:municipality:{each.code}" for each in known}
    expected = [Identity(subjects[each.code], f"Ansøger i {each.name}", applicant, each.code) for each in known]
    assert [await personas.exchange({"name": f"municipality:{each.code}"}) for each in known] == expected
    assert {code: personas.name_of(subject) for code, subject in subjects.items()} == {
        each.code: f"Ansøger i {each.name}" for each in known
    }


def test_the_applicants_of_all_municipalities_are_not_offered() -> None:
    assert [choice.value for choice in LocalPersonas("development").begin("/")] == [each.key for each in PERSONAS]


@pytest.mark.parametrize(
    "key",
    [
        "",
        "nobody",
        "local:clara",
        "municipality:",
        "municipality:9999",
        "municipality:461",
        "municipality:0461 ",
        "0461",
    ],
)
def test_a_key_of_nobody_is_refused_and_names_nobody(key: str) -> None:
    personas = LocalPersonas("development")
    with pytest.raises(Refused, match="sign-in-failed"):
        asyncio.run(personas.exchange({"name": key}))
    assert personas.name_of(f"local:{key}") == f"local:{key}"


@pytest.mark.parametrize("answer", [{}, {"name": ""}, {"name": "nobody"}, {"name": "local:clara"}])
def test_an_unknown_persona_is_refused(answer: dict[str, str]) -> None:
    with pytest.raises(Refused, match="sign-in-failed"):
        asyncio.run(LocalPersonas("development").exchange(answer))


def test_where_nobody_signs_in_nobody_does() -> None:
    assert NobodySignsIn().begin("/") == ()
    with pytest.raises(Refused):
        asyncio.run(NobodySignsIn().exchange({"name": "clara"}))
    with pytest.raises(Refused):
        asyncio.run(NobodySignsIn().exchange({"name": "municipality:0461"}))
