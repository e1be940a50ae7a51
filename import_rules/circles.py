"""No module stands on itself, not even through others: a contract of import-linter."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output
from importlinter.domain.contract import InvalidContractOptions


class CirclesContract(Contract):
    """Imports within functions count, and so do those for types alone: they hide a circle, they do not open it."""

    type_name = "circles"

    def validate(self) -> None:
        """Raise `InvalidContractOptions` where what is imported for types alone is left out."""
        if self.session_options.get("exclude_type_checking_imports", "False") != "False":
            raise InvalidContractOptions({"exclude_type_checking_imports": "Such imports can close a circle, too."})

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find circles, as many as have to be opened until there is none."""
        own = {module for module in graph.modules if not graph.is_module_squashed(module)}
        circles = list(circles_in({each: graph.find_modules_directly_imported_by(each) & own for each in own}))
        return ContractCheck(kept=not circles, metadata={"circles": circles})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Tell each circle, from a module round to itself."""
        for circle in check.metadata["circles"]:
            output.print_error(f"- {' -> '.join(circle)}", bold=False)
        output.new_line()


def circles_in(imports: Mapping[str, set[str]]) -> Iterator[list[str]]:
    """Circles, each with its first module once more at the end; one import of each is left out to find the next."""
    left = {module: sorted(imports[module]) for module in sorted(imports)}
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            circle = list(reversed(error.args[1]))
            left[circle[0]].remove(circle[1])
            yield circle
        else:
            return
