"""What a decision tells is lost where its state is taken and its events are not recorded: nothing else would say so."""

import ast
from collections.abc import Iterator, Mapping
from importlib import import_module
from inspect import get_annotations

import pytest

from local.state import CHECKOUT
from shared.decision import Decision
from shared.work import UnitOfWork

SERVICES = ["intake", "scheduling", "reporting"]

NOT_RECORDED = {
    "intake.interests.commands.put_down": "asks whether it would be refused; it is decided again once it is confirmed",
    "intake.registrations.confirmation_commands.ask": "asks the same, before anything is confirmed",
    "intake.municipalities.queries.check_merger": "asks the same, for a page that shows what would happen",
    "intake.letters.commands._printed": "prints a letter as it would be approved; nothing of that is saved",
}
"""Who may leave what they decide unrecorded, and why."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def dropping(tree: ast.Module, known: Mapping[str, object]) -> Iterator[str]:
    """The functions of a module that do not record every decision that they make or are given.

    `known` is what the names of the module stand for. Whoever returns a decision passes it on, and is judged where it
    is asked.
    """
    for each in ast.walk(tree):
        if isinstance(each, Function) and not _is_of_decision(each.returns) and _drops(each, known):
            yield each.name


def _drops(function: Function, known: Mapping[str, object]) -> bool:
    """Whether a decision reaches `work.record` nowhere, or its state is read on another way than that one."""
    calls = [each for each in ast.walk(function) if isinstance(each, ast.Call)]
    decided: set[ast.AST] = {call for call in calls if _decides(_value(call.func, known))}
    decided |= {each for each in _parameters(function) if _is_of_decision(each.annotation)}
    named = _named(function, decided)
    passed = [each for call in calls if _records(call.func, known) for each in _arguments(call)]
    recorded = {decision for each in passed for decision in _meant(each, named)}
    read = [each.value for each in ast.walk(function) if isinstance(each, ast.Attribute) and each.attr == "state"]
    return not decided <= recorded or any(decided & _meant(each, named) for each in read)


def _named(function: Function, decided: set[ast.AST]) -> dict[str, set[ast.AST]]:
    """Which of the decisions a name stands for."""
    named: dict[str, set[ast.AST]] = {each.arg: decided & {each} for each in _parameters(function)}
    for name, value in sorted(_bindings(function), key=lambda each: (each[1].lineno, each[1].col_offset)):
        named[name] = named.get(name, set()) | (_meant(value, named) & decided)
    return named


def _meant(value: ast.expr, named: Mapping[str, set[ast.AST]]) -> set[ast.AST]:
    """What stands behind a name, a choice or a list, or the value itself."""
    match value:
        case ast.Name():
            return named.get(value.id, set())
        case ast.Await() | ast.NamedExpr():
            return _meant(value.value, named)
        case ast.IfExp():
            return _meant(value.body, named) | _meant(value.orelse, named)
        case ast.ListComp():
            return _meant(value.elt, named)
    return {value}


def _records(called: ast.expr, known: Mapping[str, object]) -> bool:
    """Whether this is `work.record`, or a function that is given a decision, and judged itself."""
    if isinstance(called, ast.Attribute) and called.attr == UnitOfWork.record.__name__:
        return True
    given = getattr(_value(called, known), "__annotations__", {})
    return any(_is_of_decision(kind) for name, kind in given.items() if name != "return")


def _decides(called: object) -> bool:
    return callable(called) and _is_of_decision(get_annotations(called).get("return"))


def _is_of_decision(annotation: object) -> bool:
    written = ast.unparse(annotation) if isinstance(annotation, ast.expr) else str(annotation)
    return f"{Decision.__name__}[" in written


def _value(named: ast.expr, known: Mapping[str, object]) -> object:
    """What a dotted name stands for in a module; nothing where that is known only while it runs."""
    if isinstance(named, ast.Attribute):
        return getattr(_value(named.value, known), named.attr, None)
    return known.get(named.id) if isinstance(named, ast.Name) else None


def _parameters(function: Function) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(each.value for each in call.keywords)]


def _bindings(function: Function) -> Iterator[tuple[str, ast.expr]]:
    """What is given a name, and which; of what is gone through, one after the other."""
    for each in ast.walk(function):
        match each:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                yield name, value
            case (
                ast.For(target=ast.Name(id=name), iter=value) | ast.comprehension(target=ast.Name(id=name), iter=value)
            ):
                yield name, value


@pytest.mark.parametrize("service", SERVICES)
def test_every_decision_of_a_service_is_recorded(service: str) -> None:
    source = CHECKOUT / "services" / service / "src"
    found = set()
    for file in sorted((source / service).rglob("*.py")):
        name = ".".join(file.relative_to(source).with_suffix("").parts).removesuffix(".__init__")
        tree = ast.parse(file.read_text(encoding="utf-8"))
        found |= {f"{name}.{each}" for each in dropping(tree, vars(import_module(name)))}
    assert found == {each for each in NOT_RECORDED if each.startswith(f"{service}.")}


def decide() -> Decision[int]:
    return Decision(1)


async def decide_later() -> Decision[int]:
    return decide()


def save_recorded(work: UnitOfWork, decision: Decision[int]) -> int:
    return work.record(decision)


MADE, GIVEN = "work", "work, given: Decision[int]"
DROPPED = [
    (MADE, "save(decide().state)"),
    (MADE, "save((await decide_later()).state)"),
    (MADE, "decision = decide(); save(decision.state)"),
    (MADE, "decision = decide(); work.record(decision); save(decision.state)"),
    (MADE, "if (decision := decide()).state: work.record(decision)"),
    (MADE, "decide()"),
    (MADE, "decision = decide(); save(7)"),
    (MADE, "save(work.record(decide())); second = decide()"),
    (MADE, "made = [decide() for _ in range(2)]; save([each.state for each in made])"),
    (GIVEN, "save(given.state)"),
    (GIVEN, "save(7)"),
]
RECORDED = [
    (MADE, "save(work.record(decide()))"),
    (MADE, "save(work.record(await decide_later()))"),
    (MADE, "decision = decide(); save(work.record(decision))"),
    (MADE, "if (decision := decide()).events: save(work.record(decision))"),
    (MADE, "decision = decide() if work else decide(); save(work.record(decision))"),
    (MADE, "save([work.record(decide()) for _ in range(2)])"),
    (MADE, "made = [decide() for _ in range(2)]; save([work.record(each) for each in made])"),
    (MADE, "save_recorded(work, decide())"),
    (MADE, "save_recorded(work, decision=decide())"),
    (MADE, "save(work.state)"),
    (GIVEN, "save(work.record(given))"),
    (GIVEN, "save_recorded(work, given)"),
]


def dropped_by(parameters: str, body: str, returned: str = "int") -> bool:
    source = f"async def command({parameters}) -> {returned}:\n    {body}"
    return [*dropping(ast.parse(source), globals())] == ["command"]


@pytest.mark.parametrize(("parameters", "body"), DROPPED)
def test_a_decision_that_is_dropped_is_found(parameters: str, body: str) -> None:
    assert dropped_by(parameters, body)


@pytest.mark.parametrize(("parameters", "body"), RECORDED)
def test_a_decision_that_is_recorded_is_not_dropped(parameters: str, body: str) -> None:
    assert not dropped_by(parameters, body)


def test_whoever_returns_a_decision_passes_it_on() -> None:
    assert not dropped_by(MADE, "return decide()", "Decision[int]")
