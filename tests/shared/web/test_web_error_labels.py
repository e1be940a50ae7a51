"""The summary of errors names each field as the page does: whoever reads it finds the field by that name."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = {
    f"{template.parents[1].name}/{template.name}": template
    for folder in (ROOT / "services", ROOT / "shared" / "src")
    for template in folder.glob("**/templates/*.html")
    if "error_summary(errors, {" in template.read_text()
}
SUMMARY = re.compile(r"error_summary\(errors, (\{.*?\})\)", re.DOTALL)
NAMED = re.compile(r'"([\w.]+)": _\("([^"]+)"\)')
FIELD = re.compile(r'(?:text_field|text_area|select_field|choice_group)\("([\w.]+)", _\("([^"]+)"\)')


def fields_on(template: Path) -> set[tuple[str, str]]:
    """The fields of a page and of the parts that it is made of, as they are labelled."""
    text = template.read_text()
    parts = [each for each in template.parent.glob("*.html") if f'"{each.name}"' in text]
    return {field for each in [template, *parts] for field in FIELD.findall(each.read_text())}


def test_the_pages_are_found() -> None:
    assert len(TEMPLATES) > 25


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_the_summary_calls_the_fields_as_the_page_does(name: str) -> None:
    summary = SUMMARY.search(TEMPLATES[name].read_text())
    assert summary is not None
    named = dict(NAMED.findall(summary[1]))
    assert {field for field in fields_on(TEMPLATES[name]) if named.get(field[0]) != field[1]} == set()
