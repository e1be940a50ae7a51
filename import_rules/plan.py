"""Which module is in which room of which slice."""

from dataclasses import dataclass

from grimp import ImportGraph

from import_rules.rules import Room, Rules

Import = tuple[str, str]
"""Who imports, and what."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The slices as they are: each of their modules that has to be in a room, and the room of those that are.

    A module that is itself a package is in its room with all that it holds. `imports` are those in slices, into them
    and out of them.
    """

    graph: ImportGraph
    slices: frozenset[str]
    modules: frozenset[str]
    room_of: dict[str, Room]
    imports: tuple[Import, ...]


def slice_of(module: str) -> str:
    """The slice that a module would be in: `intake.drafts`."""
    return ".".join(module.split(".")[:2])


def top_of(module: str) -> str:
    """The module of a slice that it is in or is: `intake.drafts.store`."""
    return ".".join(module.split(".")[:3])


def plan_of(rules: Rules, graph: ImportGraph) -> Plan:
    """Find the slices, and put their modules into the rooms."""
    packages = (child for service in rules.services for child in graph.find_children(service))
    slices = frozenset(package for package in packages if graph.find_children(package))
    modules = frozenset(module for package in slices for module in graph.find_children(package))
    imports = tuple(
        (importer, imported)
        for importer in sorted(graph.modules)
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
        if slice_of(importer) in slices or slice_of(imported) in slices
    )
    room_of = _named(rules, modules)
    for room in reversed(rules.rooms):
        _add_what_it_is_made_of(room, room_of, modules, imports)
    return Plan(graph, slices, modules, room_of, imports)


def _named(rules: Rules, modules: frozenset[str]) -> dict[str, Room]:
    """Those whose room follows from their names, or is given by name."""
    given = {module: each.room for each in rules.placements for module in each.modules}
    found = {}
    for module in modules:
        name = module.rpartition(".")[2]
        fits = (room for room in rules.rooms if (room.name == given[module] if module in given else room.takes(name)))
        if room := next(fits, None):
            found[module] = room
    return found


def _add_what_it_is_made_of(
    room: Room, room_of: dict[str, Room], modules: frozenset[str], imports: tuple[Import, ...]
) -> None:
    makers = {module for module, own in room_of.items() if own.name in room.made_of}
    while makers:
        imported = {
            top_of(there)
            for here, there in imports
            if top_of(here) in makers and slice_of(here) == slice_of(there) and top_of(there) in modules
        }
        makers = imported - room_of.keys()
        room_of.update(dict.fromkeys(makers, room))
