"""How the story is told on the terminal, and held against what it expects."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.tree import Tree

from local.story.traces import Span, children, roots


class Unexpected(Exception):
    """An outcome is not what the story expects; the message says which and how."""


class Teller:
    """Tells each step as it happens."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def step(self, number: int, what: str) -> None:
        """Begin a step."""
        self._console.print(f"\n[bold cyan]{number:>2}[/] [bold]{what}[/]")

    def happened(self, what: str) -> None:
        """Tell one thing that went as it should."""
        self._console.print(f"   [green]✓[/] {what}")

    def quoted(self, language: str, sentence: str) -> None:
        """Tell what a service said, word for word."""
        self._console.print(f"       [dim]{language}[/] [italic]{sentence}[/]", highlight=False)

    def expect(self, what: str, actual: object, expected: object) -> None:
        """Go on only if the outcome is the expected one. Raises `Unexpected`."""
        if actual != expected:
            raise Unexpected(f"{what}: expected {expected!r}, but it was {actual!r}")

    def table(self, title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Show figures."""
        table = Table(title=title, title_justify="left")
        for heading in headings:
            table.add_column(heading)
        for row in rows:
            table.add_row(*(str(cell) for cell in row))
        self._console.print(table)

    def trace(self, spans: Sequence[Span]) -> None:
        """Show a trace as a tree."""
        below = children(spans)
        for root in roots(spans):
            tree = Tree(_label(root))
            _grow(tree, root, below)
            self._console.print(tree)


def _grow(tree: Tree, span: Span, below: dict[str, list[Span]]) -> None:
    for child in below.get(span.id, []):
        _grow(tree.add(_label(child)), child, below)


def _label(span: Span) -> str:
    return f"[cyan]{span.service}[/] {span.name} [dim]{span.milliseconds:.1f} ms[/]"
