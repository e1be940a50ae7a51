"""What a service shows of itself, put into requests in the place of values that were made up."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from conformance.requests_drawn import Request
from conformance.signed_in import SignedIn
from schemathesis.core.jsonschema import make_validator
from schemathesis.core.parameters import ParameterLocation


class Known:
    """Values by the name they are shown under, and the ids of things by the address of their list."""

    def __init__(self, document: Mapping[str, Any], shown: Mapping[str, list[Any]], people: SignedIn) -> None:
        self._people = people
        self._values: dict[str, list[Any]] = {name: list(values) for name, values in shown.items()}
        reads = [path for path, operations in document["paths"].items() if "get" in operations]
        for path in sorted(reads, key=lambda path: path.count("{")):
            for address in self._addresses(path):
                self._learn(path, self._people.read(address)[0])

    def make_real(self, case: Request, chance: Random) -> None:
        """Let a request speak of things that there are, wherever it speaks of anything that fits its description."""
        self._in_path(case, chance)
        self._in_body(case, chance)
        self._in_headers(case, chance)

    def _in_path(self, case: Request, chance: Random) -> None:
        if case.path_parameters and _fits(case, ParameterLocation.PATH):
            for name in case.path_parameters:
                known = self._for_path(case.path, name)
                if known and chance.random() < 0.8:
                    case.path_parameters[name] = chance.choice(known)

    def _in_body(self, case: Request, chance: Random) -> None:
        if not isinstance(case.body, dict) or not _fits(case, ParameterLocation.BODY):
            return
        body: dict[str, Any] = _written_whole(case.body)
        alternative = case.operation.get_body_for_media_type(case.media_type)
        validator = make_validator(alternative.optimized_schema, case.operation.schema.adapter.jsonschema_validator_cls)
        for name in list(body):
            if self._values.get(name) and chance.random() < 0.6:
                changed = body | {name: chance.choice(self._values[name])}
                body = changed if validator.is_valid(changed) else body
        case.body = body

    def _in_headers(self, case: Request, chance: Random) -> None:
        if not case.headers or not _fits(case, ParameterLocation.HEADER):
            return
        if "If-Match" in case.headers and chance.random() < 0.8:
            etag = self._people.read(_resource(case.formatted_path))[1]
            case.headers["If-Match"] = etag or case.headers["If-Match"]
        if "Idempotency-Key" in case.headers:
            # Two requests under one key say nothing of the second.
            case.headers["Idempotency-Key"] = f"{case.headers['Idempotency-Key'][:150]}-{chance.getrandbits(64)}"

    def _addresses(self, path: str) -> Iterator[str]:
        """The address of a path, or of each thing that is known to be under it."""
        before, _, rest = path.partition("{")
        if not rest:
            yield path
            return
        name, _, after = rest.partition("}")
        if "{" not in after:
            for value in self._for_path(path, name)[:10]:
                yield f"{before}{value}{after}"

    def _for_path(self, path: str, name: str) -> list[Any]:
        prefix = path.partition(f"{{{name}}}")[0]
        return self._values.get(prefix) or self._values.get(name) or []

    def _learn(self, path: str, shown: Any) -> None:
        if isinstance(shown, list) and "{" not in path:
            ids = [next(iter(each.values())) for each in shown if isinstance(each, dict) and each]
            self._values.setdefault(f"{path}/", []).extend(each for each in ids if isinstance(each, str))
        for name, value in _named(shown):
            values = self._values.setdefault(name, [])
            if value is not None and value not in values and len(values) < 50:
                values.append(value)


def _named(shown: Any) -> Iterator[tuple[str, Any]]:
    match shown:
        case dict():
            for name, value in shown.items():
                yield name, value
                yield from _named(value)
        case list():
            for value in shown:
                yield from _named(value)


def _written_whole(body: Any) -> Any:
    """JSON Schema calls 62.0 an integer, and Python reads it as a float; a whole number is written as 62 here."""
    match body:
        case dict():
            return {name: _written_whole(value) for name, value in body.items()}
        case list():
            return [_written_whole(value) for value in body]
        case float() if body.is_integer():
            return int(body)
    return body


def _fits(case: Request, location: ParameterLocation) -> bool:
    assert case.meta is not None
    component = case.meta.components.get(location)
    return component is not None and component.mode.is_positive


def _resource(address: str) -> str:
    """The thing that a deed is done to: `/api/v1/rounds/1/extension` is done to `/api/v1/rounds/1`."""
    return "/".join(address.split("/")[:5]) if "/operations/" not in address else "/".join(address.split("/")[:6])
