"""The contract of slices, on small houses: what is found, what is allowed, and that nothing is allowed for nothing."""

from dataclasses import replace
from typing import Any

import pytest
from grimp import ImportGraph
from importlinter.domain.contract import InvalidContractOptions

from import_rules.breaches import breaches_of
from import_rules.circles import CirclesContract, circles_in
from import_rules.rules import Permission, Placement, Room, Rules
from import_rules.slices import SlicesContract

RULES = Rules(
    services=("shop",),
    roots=frozenset({"web"}),
    base=frozenset({"money"}),
    open=frozenset({"model", "queries"}),
    rooms=(
        Room(name="edges", files=("api", "*_api", "pages"), apart=True, for_roots=True),
        Room(name="commands", files=("commands",), without_http=True),
        Room(name="queries", files=("queries",)),
        Room(name="decisions", files=("decisions",), pure=True),
        Room(name="parts", made_of=("decisions", "parts"), pure=True),
        Room(name="model", files=("model",), pure=True),
    ),
    effects=frozenset({"sqlalchemy"}),
    http=frozenset({"fastapi"}),
    placements=(),
    permissions=(),
)
ALLOWED = [
    ("shop.web", "shop.orders.api"),
    ("shop.web", "shop.orders.queries"),
    ("shop.orders.old_api", "shop.orders.commands"),
    ("shop.orders.commands", "shop.orders.decisions"),
    ("shop.orders.commands", "shop.stock.queries"),
    ("shop.orders.decisions", "shop.orders.model"),
    ("shop.orders.model", "shop.stock.model"),
    ("shop.orders.model", "shop.money"),
    ("shop.stock.queries", "shop.stock.model"),
    ("shop.stock.queries", "sqlalchemy"),
    ("shop.stock.api", "fastapi"),
]


def house(*imports: tuple[str, str], empty: tuple[str, ...] = ()) -> ImportGraph:
    """A graph of these imports, and of those that are allowed."""
    graph = ImportGraph()
    for external in ("sqlalchemy", "fastapi"):
        graph.add_module(external, is_squashed=True)
    for importer, imported in [*ALLOWED, *imports, *((module, module) for module in empty)]:
        for module in (importer, imported):
            parts = module.split(".")
            for length in range(1, len(parts) + 1):
                if (package := ".".join(parts[:length])) not in graph.modules:
                    graph.add_module(package)
        if importer != imported:
            graph.add_import(importer=importer, imported=imported, line_number=7, line_contents="")
    return graph


def test_what_keeps_to_the_rules_is_said_nothing_of() -> None:
    assert breaches_of(RULES, house()) == []


@pytest.mark.parametrize(
    ("importer", "imported", "said"),
    [
        ("shop.orders.model", "shop.orders.commands", "(line 7) imports shop.orders.commands of a room above"),
        ("shop.orders.old_api", "shop.orders.api", "(line 7) imports shop.orders.api beside it"),
        ("shop.orders.queries", "shop.stock.commands", "imports shop.stock.commands, which is not open to it"),
        ("shop.orders.queries", "shop.stock.inner.model", "imports shop.stock.inner.model, which is not open to it"),
        ("shop.web", "shop.orders.decisions", "imports shop.orders.decisions, which is not open to it"),
        ("tools.look", "shop.orders.api", "imports shop.orders.api, which is not open to it"),
        ("shop.money", "shop.orders.model", "imports shop.orders.model, and stands below the slices"),
        ("shop.orders", "shop.orders.model", "imports shop.orders.model, and is the package of a slice"),
        ("shop.orders.model", "sqlalchemy", "reaches sqlalchemy: shop.orders.model -> sqlalchemy"),
        ("shop.orders.commands", "shop.orders.queries", None),
        ("shop.orders.commands", "fastapi", "reaches fastapi: shop.orders.commands -> fastapi"),
    ],
)
def test_an_import_against_the_rules_is_told(importer: str, imported: str, said: str | None) -> None:
    told = [each for each in breaches_of(RULES, house((importer, imported))) if each.startswith(importer)]
    if said is None:
        assert told == []
    else:
        assert any(said in each for each in told), told


def test_slices_are_found_and_all_that_is_in_them_or_beside_them_has_a_place() -> None:
    graph = house(empty=("shop.news.helpers", "shop.leftovers"))
    assert breaches_of(RULES, graph) == [
        "shop.leftovers is no slice, no root and no base",
        "shop.news.helpers is in no room",
    ]


def test_what_a_decision_is_made_of_is_pure_whatever_it_is_called() -> None:
    made = ("shop.orders.decisions", "shop.orders.pricing"), ("shop.orders.pricing", "shop.orders.rounding")
    assert breaches_of(RULES, house(*made)) == []
    told = breaches_of(RULES, house(*made, ("shop.orders.rounding", "sqlalchemy")))
    assert "shop.orders.rounding reaches sqlalchemy: shop.orders.rounding -> sqlalchemy" in told


def test_effects_are_seen_through_others() -> None:
    told = breaches_of(RULES, house(("shop.orders.model", "shop.money"), ("shop.money", "sqlalchemy")))
    chain = "shop.orders.decisions -> shop.orders.model -> shop.money -> sqlalchemy"
    assert f"shop.orders.decisions reaches sqlalchemy: {chain}" in told


def test_exceptions_allow_what_they_name_and_are_to_be_needed() -> None:
    placed = Placement(modules=("shop.orders.helpers",), room="commands", because="")
    given = Permission(modules=("shop.stock.commands",), by=("shop.orders", "shop.news"), because="")
    rules = replace(RULES, placements=(placed,), permissions=(given,))
    assert breaches_of(rules, house()) == [
        "shop.orders.helpers has been put into a room, and is not there",
        "shop.stock.commands is open to shop.news, which does not import it",
        "shop.stock.commands is open to shop.orders, which does not import it",
    ]
    needing = [(f"shop.{name}.commands", "shop.stock.commands") for name in ("orders", "news")]
    assert breaches_of(rules, house(*needing, empty=("shop.orders.helpers",))) == []


def test_what_none_may_reach_is_there() -> None:
    rules = replace(RULES, effects=frozenset({"shop.clock"}))
    assert breaches_of(rules, house()) == ["shop.clock is to be reached by none, and is not there"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"placements": [{"modules": ["shop.orders.helpers"], "room": "commands", "because": " "}]},
        {"placements": [{"modules": ["shop.orders.helpers"], "room": "attic", "because": "it is old"}]},
        {"permissions": [{"modules": ["shop.stock.commands"], "by": ["shop.orders"]}]},
        {"rooms": [{"name": "parts", "made_of": ["decisions"]}]},
        {"rooms": [{"name": "edges", "file": ["api"]}]},
    ],
)
def test_an_exception_says_why_and_a_room_that_is_named_is_there(wrong: dict[str, Any]) -> None:
    lists: dict[str, Any] = {"services": [], "roots": [], "base": [], "open": [], "effects": [], "http": []}
    right = {**lists, "rooms": [{"name": "commands", "files": ["commands"]}], "placements": [], "permissions": []}
    SlicesContract("slices", {}, right)
    with pytest.raises(InvalidContractOptions):
        SlicesContract("slices", {}, {**right, **wrong})


def test_every_circle_is_told() -> None:
    imports = {"a": {"b"}, "b": {"a", "c"}, "c": {"d"}, "d": {"c"}, "e": {"a"}}
    assert sorted(sorted(set(circle)) for circle in circles_in(imports)) == [["a", "b"], ["c", "d"]]
    assert list(circles_in({"a": {"b", "c"}, "b": {"c"}, "c": set()})) == []


def test_circles_cannot_be_hidden_by_leaving_out_what_is_imported_for_types() -> None:
    with pytest.raises(InvalidContractOptions):
        CirclesContract("circles", {"exclude_type_checking_imports": "True"}, {})
