"""Names stand in the order that readers of Danish expect, in Python and in the database alike."""

import pytest
from jinja2 import Environment
from service_under_test import ServiceUnderTest
from sqlalchemy import Text, column, select, text
from sqlalchemy.sql import values

from shared.alphabet import danish
from shared.alphabet_in_sql import in_danish
from shared.translations import Catalogue
from shared.web.templating import SHARED_TEMPLATES, _environment


@pytest.fixture
def client_pages() -> Environment:
    return _environment([SHARED_TEMPLATES], Catalogue.read(), "da")


IN_ORDER = ["Allerød", "Ballerup", "bornholm", "Vejen", "Zenia", "Ærø", "ærøskøbing", "Øster", "Aabenraa", "Årslev"]


def test_the_last_letters_of_the_alphabet_come_last() -> None:
    assert sorted(set(IN_ORDER), key=danish) == IN_ORDER


def test_a_list_on_a_page_is_sorted_as_python_does(client_pages: Environment) -> None:
    shown = client_pages.from_string("{% for each in names | alphabetical(0) %}{{ each[0] }} {% endfor %}")
    assert shown.render(names=[(each,) for each in reversed(IN_ORDER)]).split() == IN_ORDER


async def test_the_database_sorts_as_python_does(intake_service: ServiceUnderTest) -> None:
    name = column("name", Text)
    given = values(name, name="given").data([(each,) for each in reversed(IN_ORDER)])
    async with intake_service.database.work() as work:
        found = await work.session.scalars(select(text("name")).select_from(given).order_by(in_danish(name)))
        assert list(found) == IN_ORDER


@pytest.mark.parametrize("name", ["", "Sonja & Сонечко", "日本", "ß", "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}x"])
async def test_any_name_can_be_sorted(intake_service: ServiceUnderTest, name: str) -> None:
    async with intake_service.database.work() as work:
        assert isinstance(await work.session.scalar(select(in_danish(name))), str)
    assert isinstance(danish(name), str)
