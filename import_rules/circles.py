"""No module stands on itself, not even through others: a contract of import-linter."""

from collections.abc import Mapping, Set
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
        """Find a circle, if there is one."""
        own = {module for module in graph.modules if not graph.is_module_squashed(module)}
        circle = circle_in({module: graph.find_modules_directly_imported_by(module) & own for module in own})
        return ContractCheck(kept=not circle, metadata={"circle": circle})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Tell the circle, from a module round to itself."""
        output.print_error(f"- {' -> '.join(check.metadata['circle'])}", bold=False)
        output.new_line()


def circle_in(imports: Mapping[str, Set[str]]) -> list[str]:
    """A circle, the first module of it once more at the end; nothing where there is none."""
    try:
        TopologicalSorter({module: sorted(imports[module]) for module in sorted(imports)}).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []
