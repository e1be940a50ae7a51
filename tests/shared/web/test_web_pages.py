from pathlib import Path

import jinja2
import pytest
from web_demo import settings

from shared.errors import Text
from shared.identity import Language
from shared.translations import Catalogue
from shared.web.static_files import StaticFolders
from shared.web.templating import Pages


def pages(*folders: Path) -> Pages:
    return Pages(
        name="intake",
        title=Text("x"),
        settings=settings(),
        catalogue=Catalogue.read(),
        static=StaticFolders.installed(Path("/nowhere")),
        templates_directories=folders,
    )


def test_two_templates_of_one_name_are_an_error(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "list.html").write_text("")
    with pytest.raises(ValueError, match=r"the template list\.html is both in"):
        pages(tmp_path / "one", tmp_path / "two")


def test_a_template_cannot_hide_one_of_the_frame(tmp_path: Path) -> None:
    (tmp_path / "frame.html").write_text("")
    with pytest.raises(ValueError, match=r"the template frame\.html is both in"):
        pages(tmp_path)


def test_a_folder_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no folder of templates"):
        pages(tmp_path / "nothing")


def test_a_missing_value_is_an_error_and_values_are_escaped(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("{{ _('Sign in') }} {{ name }}")
    assert pages(tmp_path).render("a.html", "da", {"name": "<b>"}) == "Log ind &lt;b&gt;"
    with pytest.raises(jinja2.UndefinedError):
        pages(tmp_path).render("a.html", "da", {})


@pytest.mark.parametrize(("language", "shown"), [("da", "Side 1.000 af 2.500"), ("en", "Page 1,000 of 2,500")])
def test_numbers_in_sentences_are_written_as_the_reader_writes_them(
    tmp_path: Path, language: Language, shown: str
) -> None:
    (tmp_path / "a.html").write_text("{{ _('Page %(page)s of %(last)s', page=1000, last=2500) }}")
    (tmp_path / "b.html").write_text("{{ ngettext('%(num)s thing', '%(num)s things', 1000) }}")
    both = pages(tmp_path)
    assert both.render("a.html", language, {}) == shown
    assert both.render("b.html", language, {}) == shown.split()[1] + " things"
