"""YAML that remembers its lines, and refuses what would be read otherwise than it looks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

STANDARD = "tag:yaml.org,2002:"
KNOWN_TAGS = {STANDARD + kind for kind in ("map", "seq", "str", "int", "float", "timestamp", "bool", "null")}

Place = tuple[str | int, ...]
"""The way from the root of a document to a value: keys and indices."""


class YamlMistake(Exception):
    """Why a text cannot be read, and on which line, counted from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """`value` is made of mappings, lists, texts, whole numbers, floats, days, truths and nothing."""

    value: Any
    _root: yaml.Node | None

    def line(self, place: Place, *, key: bool = False) -> int:
        """The line of the value that `place` leads to, or as far as it leads; with `key`, of the value's key."""
        line, node = 1, self._root
        if node is not None:
            line = node.start_mark.line + 1
        for step, part in enumerate(place, start=1):
            found = _inner(node, part)
            if found is not None:
                at, node = found
                line = (at if key and step == len(place) else node).start_mark.line + 1
        return line


def read_yaml(content: bytes) -> YamlDocument:
    """Read a document. Raises `YamlMistake`, also for a key that stands twice and for aliases."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise YamlMistake(content.count(b"\n", 0, error.start) + 1, "not UTF-8") from error
    try:
        root = yaml.compose(text, yaml.SafeLoader)
        return YamlDocument(None if root is None else _plain(root, set()), root)
    except yaml.MarkedYAMLError as error:
        raise YamlMistake(
            error.problem_mark.line + 1 if error.problem_mark else 1, f"not YAML: {error.problem}"
        ) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlMistake(line, f"not YAML: the character U+{ord(text[error.position]):04X} is not allowed") from error
    except RecursionError as error:
        raise YamlMistake(1, "nested too deeply") from error


def _plain(node: yaml.Node, seen: set[int]) -> Any:
    if node.tag not in KNOWN_TAGS:
        raise YamlMistake(node.start_mark.line + 1, f"not YAML: the tag {node.tag} is not known")
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if id(node) in seen:
        raise YamlMistake(node.start_mark.line + 1, "an alias (*) is used; write the thing out instead")
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each, seen) for each in node.value]
    return dict(_pairs(node, seen))


def _pairs(node: yaml.Node, seen: set[int]) -> Iterator[tuple[str, Any]]:
    keys: set[str] = set()
    for key, value in node.value:
        if key.value in keys:
            raise YamlMistake(key.start_mark.line + 1, f"the key {key.value} stands twice")
        keys.add(key.value)
        yield str(key.value), _plain(value, seen)


def _scalar(node: yaml.ScalarNode) -> Any:
    text = str(node.value)
    try:
        match node.tag.removeprefix(STANDARD):
            case "int":
                return int(text)
            case "float":
                return float(text)
            case "timestamp":
                return date.fromisoformat(text)
            case "bool":
                return text.lower() in ("true", "yes", "on")
            case "null":
                return None
            case _:
                return text
    except ValueError as error:
        raise YamlMistake(node.start_mark.line + 1, f"{text} is no whole number and no day of the calendar") from error


def _inner(node: yaml.Node | None, part: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """The key and the value under `part`; in a list, the value twice."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None
