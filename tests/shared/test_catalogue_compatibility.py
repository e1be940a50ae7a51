"""Which changes of a contract somebody would notice: those who read what was published, or those who will."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from properties import patient

from shared.catalogue.compatibility import incompatibilities

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
NULL: Schema = {"type": "null"}
DAY: Schema = {"type": "string", "format": "date"}
NAMES: Schema = {"type": "object", "properties": {"da": TEXT, "en": TEXT}, "required": ["da", "en"]}
SKILL: Schema = {"type": "string", "enum": ["parents", "leadership"]}
COURSE: Schema = {
    "type": "object",
    "$defs": {"Names": NAMES, "Skill": SKILL},
    "properties": {
        "on": DAY,
        "hours": {"anyOf": [NUMBER, NULL]},
        "names": {"$ref": "#/$defs/Names"},
        "skills": {"type": "array", "items": {"$ref": "#/$defs/Skill"}},
        "phases": {"type": "array", "items": {"$ref": "#/$defs/Names"}, "default": []},
    },
    "required": ["on", "hours", "names", "skills"],
}


def changed(change: Callable[[Schema], object]) -> Schema:
    """The course with a change in it."""
    new = deepcopy(COURSE)
    change(new)
    return new


def noticed(change: Callable[[Schema], object]) -> list[str]:
    return incompatibilities(COURSE, changed(change))


def of_field(old: Schema, new: Schema) -> list[str]:
    """What is noticed when a required field becomes something else."""
    return incompatibilities(*({"type": "object", "properties": {"x": x}, "required": ["x"]} for x in (old, new)))


# what nobody notices


def test_a_contract_that_stays_what_it_is_is_compatible() -> None:
    assert incompatibilities(COURSE, deepcopy(COURSE)) == []


def test_a_contract_may_gain_an_optional_field_anywhere() -> None:
    assert noticed(lambda new: new["properties"].update(note=TEXT)) == []
    assert noticed(lambda new: new["$defs"]["Names"]["properties"].update(kl={"anyOf": [TEXT, NULL]})) == []


def test_better_words_change_nothing() -> None:
    assert noticed(lambda new: new.update(description="Better.", title="Course", **{"x-producer": "intake"})) == []
    assert noticed(lambda new: new["properties"]["on"].update(description="The day.", examples=["2026-11-03"])) == []


def test_what_a_part_is_called_and_where_it_is_defined_change_nothing() -> None:
    assert noticed(lambda new: new["properties"].update(names=NAMES)) == []
    assert (
        noticed(
            lambda new: new["$defs"].update(Title=NAMES) or new["properties"].update(names={"$ref": "#/$defs/Title"})
        )
        == []
    )


def test_the_order_of_fields_and_choices_changes_nothing() -> None:
    assert noticed(lambda new: new["properties"].update(on=new["properties"].pop("on"))) == []
    assert noticed(lambda new: new["$defs"]["Skill"]["enum"].reverse()) == []
    assert noticed(lambda new: new["properties"]["hours"]["anyOf"].reverse()) == []


def test_ways_to_write_the_same_are_the_same() -> None:
    assert of_field({"anyOf": [TEXT, NULL]}, {"type": ["null", "string"]}) == []
    assert of_field({"oneOf": [TEXT, NULL]}, {"anyOf": [TEXT, NULL]}) == []
    assert of_field({"type": "string", "const": "a"}, {"type": "string", "enum": ["a"]}) == []
    assert of_field({"type": "array"}, {"type": "array", "items": True}) == []
    assert of_field({"type": "object"}, {"type": "object", "additionalProperties": {}}) == []


# fields


@pytest.mark.parametrize("name", ["on", "phases"])
def test_a_field_that_goes_is_noticed(name: str) -> None:
    assert noticed(lambda new: new["properties"].pop(name)) == [f"$.{name} is gone, but consumers may read it."]


def test_a_field_that_is_renamed_is_noticed() -> None:
    def rename(new: Schema) -> None:
        new["properties"]["day"] = new["properties"].pop("on")
        new["required"][0] = "day"

    assert noticed(rename) == [
        "$.on is gone, but consumers may read it.",
        "$.day is new and required, but what was published lacks it.",
    ]


def test_a_new_required_field_is_noticed() -> None:
    def demand(part: Schema) -> None:
        part["properties"]["kl"] = TEXT
        part["required"].append("kl")

    said = "kl is new and required, but what was published lacks it."
    assert noticed(demand) == [f"$.{said}"]
    assert noticed(lambda new: demand(new["$defs"]["Names"])) == [f"$.names.{said}", f"$.phases[*].{said}"]


def test_a_field_that_may_be_left_out_from_now_on_is_noticed() -> None:
    assert noticed(lambda new: new["required"].remove("on")) == ["$.on may now be left out, but consumers count on it."]


def test_a_field_that_is_demanded_from_now_on_is_noticed() -> None:
    assert noticed(lambda new: new["required"].append("phases")) == [
        "$.phases is now required, but may have been left out."
    ]


@pytest.mark.parametrize("default", [None, ["start"]])
def test_another_default_is_noticed(default: object) -> None:
    assert noticed(lambda new: new["properties"]["phases"].update(default=default)) == [
        "$.phases has another default, so that what left it out is read differently."
    ]


def test_that_unknown_fields_are_refused_or_taken_from_now_on_is_noticed() -> None:
    closed = changed(lambda new: new.update(additionalProperties=False))
    assert len(incompatibilities(COURSE, closed)) == len(incompatibilities(closed, COURSE)) == 1


# types


TYPES = [TEXT, NUMBER, DAY, {"type": "string", "format": "uuid"}, {"type": "array", "items": TEXT}, {"type": "boolean"}]
TYPES += [{"type": "number"}, NAMES, {}]
IN_WORDS = ["string", "integer", "string (date)", "string (uuid)", "array", "boolean", "number", "object", "anything"]


@given(old=st.integers(0, len(TYPES) - 1), new=st.integers(0, len(TYPES) - 1))
def test_another_type_or_format_is_noticed(old: int, new: int) -> None:
    expected = [] if old == new else [f"$.x was {IN_WORDS[old]} and is now {IN_WORDS[new]}."]
    assert of_field(TYPES[old], TYPES[new]) == expected


@pytest.mark.parametrize("type_", TYPES[:-1])
def test_a_field_that_becomes_or_stops_being_nullable_is_noticed(type_: Schema) -> None:
    nullable = {"anyOf": [type_, NULL]}
    assert of_field(type_, nullable) == ["$.x may now be null, which consumers do not expect."]
    assert of_field(nullable, type_) == ["$.x may no longer be null, but may have been published as null."]


def test_a_union_that_gains_or_loses_a_type_is_noticed() -> None:
    union = {"anyOf": [TEXT, NUMBER, NULL]}
    assert of_field({"anyOf": [TEXT, NULL]}, union) == ["$.x was string and is now integer or string."]
    assert of_field(union, {"anyOf": [TEXT, NULL]}) == ["$.x was integer or string and is now string."]


def test_what_a_union_holds_is_looked_into() -> None:
    assert of_field({"anyOf": [SKILL, NULL]}, {"anyOf": [NULL, {**SKILL, "enum": ["parents"]}]}) == [
        '$.x no longer takes "leadership", but that may have been published.'
    ]


def test_other_entries_of_a_list_are_noticed() -> None:
    assert noticed(lambda new: new["properties"]["skills"].update(items=NUMBER)) == [
        "$.skills[*] was string and is now integer."
    ]


def test_other_entries_of_a_list_in_a_list_are_noticed() -> None:
    old, new = ({"type": "array", "items": {"type": "array", "items": items}} for items in (TEXT, DAY))
    assert of_field(old, new) == ["$.x[*][*] was string and is now string (date)."]


def test_another_place_in_a_list_of_places_is_noticed() -> None:
    pair = {"type": "array", "prefixItems": [TEXT, NUMBER]}
    assert of_field(pair, {"type": "array", "prefixItems": [TEXT, TEXT]}) == ["$.x[1] was integer and is now string."]
    assert of_field(pair, {"type": "array", "prefixItems": [TEXT]}) == ["$.x[1] was integer and is now anything."]


def test_other_values_of_a_mapping_are_noticed() -> None:
    old, new = ({"type": "object", "additionalProperties": values} for values in (TEXT, NUMBER))
    assert of_field(old, new) == ["$.x.* was string and is now integer."]


def test_a_change_is_noticed_wherever_its_part_is_used() -> None:
    assert noticed(lambda new: new["$defs"]["Names"]["properties"].update(da=NUMBER)) == [
        "$.names.da was string and is now integer.",
        "$.phases[*].da was string and is now integer.",
    ]


def test_a_part_that_holds_itself_is_compared_once() -> None:
    def tree(leaf: Schema) -> Schema:
        node = {"type": "object", "properties": {"leaf": leaf, "next": {"anyOf": [{"$ref": "#/$defs/Node"}, NULL]}}}
        return {"$defs": {"Node": node}, "$ref": "#/$defs/Node"}

    assert incompatibilities(tree(TEXT), tree(TEXT)) == []
    assert incompatibilities(tree(TEXT), tree(NUMBER)) == ["$.leaf was string and is now integer."]


@pytest.mark.parametrize("reference", ["#/$defs/Nobody", "other.json#/$defs/Names", "Names", ""])
def test_a_reference_that_leads_to_no_schema_is_an_error(reference: str) -> None:
    broken = changed(lambda new: new["properties"].update(names={"$ref": reference}))
    with pytest.raises(ValueError, match="leads nowhere"):
        incompatibilities(COURSE, broken)


# fixed choices


WORDS = st.frozensets(st.sampled_from(["rounds", "rolling", "registration", "ad hoc"]), min_size=1)


@patient
@given(old=WORDS, new=WORDS)
def test_a_choice_that_becomes_narrower_or_wider_is_noticed(old: frozenset[str], new: frozenset[str]) -> None:
    lost, gained = (", ".join(f'"{word}"' for word in sorted(words)) for words in (old - new, new - old))
    expected = [f"$.x no longer takes {lost}, but that may have been published."] if lost else []
    expected += [f"$.x now takes {gained} too, which consumers do not know."] if gained else []
    assert of_field({"type": "string", "enum": sorted(old)}, {"type": "string", "enum": sorted(new)}) == expected


def test_a_choice_that_comes_or_goes_is_noticed() -> None:
    assert of_field(TEXT, SKILL) == ["$.x now takes a fixed choice only, but something else may have been published."]
    assert of_field(SKILL, TEXT) == ["$.x is no longer a fixed choice, but consumers know no other."]


def test_another_constant_is_noticed() -> None:
    assert of_field({"const": 1}, {"const": 2}) == [
        "$.x no longer takes 1, but that may have been published.",
        "$.x now takes 2 too, which consumers do not know.",
    ]


# limits


LOWER = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"]
UPPER = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"]
BOUNDS = st.none() | st.integers(-3, 3)


def limited(keyword: str, bound: object) -> Schema:
    return TEXT if bound is None else {**TEXT, keyword: bound}


def range_sentence(keyword: str, old: int | None, new: int | None) -> str:
    if new is not None and (old is None or (new > old) == (keyword in LOWER)):
        return f"$.x is limited more tightly by {keyword}, but something else may have been published."
    return f"$.x is limited less tightly by {keyword}, but consumers may rely on it."


@pytest.mark.parametrize("step", [-1, 1])
@patient
@given(keyword=st.sampled_from(LOWER + UPPER), old=st.integers())
def test_a_range_may_not_change_by_one(keyword: str, step: int, old: int) -> None:
    assert of_field(limited(keyword, old), limited(keyword, old + step)) == [range_sentence(keyword, old, old + step)]


@patient
@given(keyword=st.sampled_from(LOWER + UPPER), old=BOUNDS, new=BOUNDS)
def test_a_range_may_not_change_at_all(keyword: str, old: int | None, new: int | None) -> None:
    assume(old != new)
    assert of_field(limited(keyword, old), limited(keyword, new)) == [range_sentence(keyword, old, new)]


@patient
@given(keyword=st.sampled_from(LOWER + UPPER), bound=BOUNDS)
def test_a_range_that_stays_is_compatible(keyword: str, bound: int | None) -> None:
    assert of_field(limited(keyword, bound), limited(keyword, bound)) == []


@pytest.mark.parametrize("bound", [0, 0.0, False])
def test_a_limit_of_nought_is_a_limit(bound: object) -> None:
    assert of_field(NUMBER, {**NUMBER, "minimum": bound}) == [
        "$.x is limited more tightly by minimum, but something else may have been published."
    ]


@pytest.mark.parametrize(
    ("keyword", "one", "other"),
    [("pattern", "^a", "^b"), ("multipleOf", 2, 3), ("contentEncoding", "base64", "base32"), ("not", TEXT, NUMBER)],
)
def test_a_limit_without_a_direction_is_noticed_too(keyword: str, one: object, other: object) -> None:
    assert of_field({**TEXT, keyword: one}, {**TEXT, keyword: other}) == [
        f"$.x is limited in another way by {keyword}."
    ]
    assert of_field(TEXT, {**TEXT, keyword: one}) == [
        f"$.x is limited more tightly by {keyword}, but something else may have been published."
    ]
    assert of_field({**TEXT, keyword: one}, TEXT) == [
        f"$.x is limited less tightly by {keyword}, but consumers may rely on it."
    ]


def test_a_limit_beside_a_union_counts_for_each_of_its_types() -> None:
    assert of_field({"anyOf": [TEXT, NULL]}, {"anyOf": [TEXT, NULL], "minLength": 1}) == [
        "$.x is limited more tightly by minLength, but something else may have been published."
    ]


# any contract


NAMES_OF_FIELDS = st.sampled_from(["on", "hours", "phase"])
LEAVES = st.sampled_from([TEXT, NUMBER, DAY, SKILL, {**TEXT, "minLength": 1}])


def objects(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    return st.dictionaries(NAMES_OF_FIELDS, inner, min_size=1).flatmap(
        lambda fields: st.lists(st.sampled_from(sorted(fields)), unique=True).map(
            lambda required: {"type": "object", "properties": fields, "required": sorted(required)}
        )
    )


def composed(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    lists = inner.map(lambda items: {"type": "array", "items": items})
    nullable = inner.filter(lambda part: "anyOf" not in part).map(lambda part: {"anyOf": [part, NULL]})
    return objects(inner) | lists | nullable


CONTRACTS = objects(st.recursive(LEAVES, composed, max_leaves=5))


@patient
@given(contract=CONTRACTS)
def test_any_contract_is_compatible_with_itself(contract: Schema) -> None:
    assert incompatibilities(contract, deepcopy(contract)) == []


@patient
@given(contract=CONTRACTS, field=LEAVES)
def test_any_contract_may_gain_an_optional_field_and_never_lose_it(contract: Schema, field: Schema) -> None:
    grown = {**contract, "properties": {**contract["properties"], "added": field}}
    assert incompatibilities(contract, grown) == []
    assert incompatibilities(grown, contract) == ["$.added is gone, but consumers may read it."]


@patient
@given(one=CONTRACTS, other=CONTRACTS)
def test_two_contracts_go_over_into_each_other_only_where_they_are_the_same(one: Schema, other: Schema) -> None:
    both_ways = incompatibilities(one, other) == [] and incompatibilities(other, one) == []
    assert both_ways == (one == other)
