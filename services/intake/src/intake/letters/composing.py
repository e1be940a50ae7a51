"""Writes a letter from facts. What people have typed is a value in it and never a part of the template."""

import re
from dataclasses import fields
from functools import cache
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from intake.letters.model import Facts, Language, LetterKind, Words

WORDING = Path(__file__).resolve().parent / "wording"
"""A file per kind and language; its first line is the theme, the text follows after an empty one."""

_GAP = re.compile(r"\n{3,}")


def compose(kind: LetterKind, language: Language, facts: Facts) -> Words:
    """The words of a letter. Raises `jinja2.UndefinedError` where the wording speaks of what is not on record."""
    template = _environment().get_template(f"{kind}.{language}.txt")
    values = {field.name: getattr(facts, field.name) for field in fields(facts)}
    theme, _, text = template.render(values).partition("\n")
    return Words(" ".join(theme.split()), _GAP.sub("\n\n", text).strip())


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    """No escaping: the letter is plain text, and is escaped where it becomes a page or a PDF."""
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(WORDING),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
