"""What in the slices goes against the rules, each in a sentence."""

from collections.abc import Iterable, Iterator
from itertools import product

from grimp import ImportGraph

from import_rules.plan import Import, Plan, plan_of, slice_of, top_of
from import_rules.rules import Rules


def breaches_of(rules: Rules, graph: ImportGraph) -> list[str]:
    """Every breach once, in the order of the alphabet. Exceptions that nothing needs are breaches, too."""
    plan = plan_of(rules, graph)
    from_outside = [each for each in plan.imports if _is_from_outside(rules, plan, each)]
    return sorted(
        {
            *_without_room(plan),
            *_of_packages(plan),
            *_beside_slices(rules, plan),
            *_against_the_order(rules, plan),
            *_without_permission(rules, plan, from_outside),
            *_reaching(rules, plan),
            *_needless(rules, plan, from_outside),
        }
    )


def _without_room(plan: Plan) -> Iterator[str]:
    for module in plan.modules - plan.room_of.keys():
        yield f"{module} is in no room"


def _of_packages(plan: Plan) -> Iterator[str]:
    """What the package of a slice imports itself, whoever imports anything of the slice would import."""
    for importer, imported in plan.imports:
        if importer in plan.slices:
            yield f"{_said(plan, importer, imported)}, and is the package of a slice"


def _beside_slices(rules: Rules, plan: Plan) -> Iterator[str]:
    beside = {child for service in rules.services for child in plan.graph.find_children(service)} - plan.slices
    base = {module for module in beside if module.rpartition(".")[2] in rules.base}
    for module in beside - base:
        if module.rpartition(".")[2] not in rules.roots:
            yield f"{module} is no slice, no root and no base"
    for importer, imported in plan.imports:
        if importer in base:
            yield f"{_said(plan, importer, imported)}, and stands below the slices"


def _against_the_order(rules: Rules, plan: Plan) -> Iterator[str]:
    for importer, imported in plan.imports:
        here, there = plan.room_of.get(top_of(importer)), plan.room_of.get(top_of(imported))
        if slice_of(importer) != slice_of(imported) or top_of(importer) == top_of(imported):
            continue
        if here is None or there is None:
            continue
        if rules.rooms.index(here) > rules.rooms.index(there):
            yield f"{_said(plan, importer, imported)} of a room above: {here.name}, {there.name}"
        elif here == there and here.apart:
            yield f"{_said(plan, importer, imported)} beside it: {here.name}"
        elif here.alone:
            yield f"{_said(plan, importer, imported)}, and stands alone: {here.name}"


def _is_from_outside(rules: Rules, plan: Plan, each: Import) -> bool:
    """Whether an import reaches into a slice, and past what is open to all."""
    importer, imported = each
    if slice_of(imported) not in plan.slices or slice_of(imported) == slice_of(importer):
        return False
    service, _, name = importer.partition(".")
    is_of_root = name in rules.roots and imported.startswith(f"{service}.")
    room = plan.room_of.get(top_of(imported))
    is_for_it = is_of_root and room is not None and room.for_roots
    return not is_for_it and top_of(imported).rpartition(".")[2] not in rules.open


def _without_permission(rules: Rules, plan: Plan, from_outside: Iterable[Import]) -> Iterator[str]:
    for importer, imported in from_outside:
        if not any(_is_by(importer, by) and top_of(imported) == module for module, by in _permitted(rules)):
            yield f"{_said(plan, importer, imported)}, which is not open to it"


def _reaching(rules: Rules, plan: Plan) -> Iterator[str]:
    for barred, rooms in (
        (rules.effects, [room for room in rules.rooms if room.pure]),
        (rules.http, [room for room in rules.rooms if room.without_http]),
    ):
        for reached in barred:
            if reached not in plan.graph.modules:
                continue
            for importer in plan.graph.find_downstream_modules(reached, as_package=True):
                if plan.room_of.get(top_of(importer)) in rooms:
                    chain = plan.graph.find_shortest_chain(importer, reached, as_packages=True) or ()
                    yield f"{importer} reaches {reached}: {' -> '.join(chain)}"


def _needless(rules: Rules, plan: Plan, from_outside: Iterable[Import]) -> Iterator[str]:
    for module, by in _permitted(rules):
        if not any(_is_by(importer, by) and top_of(imported) == module for importer, imported in from_outside):
            yield f"{module} is open to {by}, which does not import it"
    for placement in rules.placements:
        for module in placement.modules:
            if module not in plan.modules:
                yield f"{module} has been put into a room, and is not there"
    for barred in rules.effects | rules.http:
        if "." in barred and barred not in plan.graph.modules:
            yield f"{barred} is to be reached by none, and is not there"


def _permitted(rules: Rules) -> Iterator[tuple[str, str]]:
    """Each module that is permitted, with each package to which it is."""
    for permission in rules.permissions:
        yield from product(permission.modules, permission.by)


def _is_by(importer: str, package: str) -> bool:
    return f"{importer}.".startswith(f"{package}.")


def _said(plan: Plan, importer: str, imported: str) -> str:
    details = plan.graph.get_import_details(importer=importer, imported=imported)
    lines = ", ".join(f"{line}" for line in sorted({each["line_number"] for each in details}))
    return f"{importer} (line {lines}) imports {imported}"
