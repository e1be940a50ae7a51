"""Asks the same of several services, and goes on where one does not answer."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from praksis.errors import Unreachable
from praksis.failures.api import OperationsApi
from praksis.output import tell
from praksis.settings import SERVICES, Service, Settings

Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answers:
    """What was found where, and who did not answer."""

    found: list[tuple[str, Found]]
    silent: list[Unreachable]

    def as_json(self) -> list[Found]:
        """What was found, each thing with its service."""
        return [{"service": service, **each} for service, each in self.found]

    def tell_if_empty(self, sentence: str) -> None:
        """Say so if everybody has answered and nothing was found."""
        if not self.found and not self.silent:
            tell(sentence)

    def require_complete(self) -> None:
        """Raise `Unreachable` if somebody did not answer."""
        if self.silent:
            raise Unreachable("\n".join(str(error) for error in self.silent))


def ask_each(
    settings: Settings,
    service: Service | None,
    persona: str | None,
    question: Callable[[OperationsApi], Sequence[Found]],
) -> Answers:
    """Ask one service, or all of them side by side. Raises what only this question is refused with."""

    def ask(each: Service) -> Sequence[Found] | Unreachable:
        try:
            return question(OperationsApi(settings, each, persona))
        except Unreachable as error:
            return error

    asked = SERVICES if service is None else (service,)
    answers = Answers([], [])
    with ThreadPoolExecutor(max_workers=len(asked)) as side_by_side:
        for each, answer in zip(asked, side_by_side.map(ask, asked), strict=True):
            if isinstance(answer, Unreachable):
                answers.silent.append(answer)
            else:
                answers.found.extend((each.value, one) for one in answer)
    return answers
