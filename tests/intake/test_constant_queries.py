"""However much there is on a page, it asks the database as often."""

from datetime import date, timedelta

import pytest
from capacity_cases import another_application
from gathering_cases import OpenGathering
from service_under_test import DAYCARES, Browser, OpenIntake, ServiceUnderTest, forms_of

from local.story import cast
from shared.municipalities import municipalities

HEADINGS = "p-nummer;navn;type;ejerform;alder fra;alder til;kommunekode"


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


async def signed_in(office: OpenIntake, name: str) -> Browser:
    browser = Browser(office.service)
    await browser.sign_in(name)
    return browser


async def asked(office: OpenIntake, browser: Browser, path: str) -> int:
    """How often a page asks the database, when it is not the first time."""
    await browser.open(path)
    async with office.service.statements() as sent:
        assert (await browser.open(path)).status_code == 200, path
    return len(sent)


async def fill(office: OpenIntake, number: int) -> None:
    """So many more of all that waits for anybody."""
    days = {name: office.round[name] for name in ("programme", "opens_on", "deadline")}
    for each in range(number):
        await another_application(office)
        await office.service.post("/api/v1/enquiries", {"question": f"Question {each}"}, "anna")
        await office.service.post("/api/v1/drafts", {"programme": "short-course"}, "anna")
        await office.service.post("/api/v1/rounds", days, "david")
        await OpenGathering.another(office.service)


async def test_the_first_page_of_every_role_and_the_list_of_what_can_be_applied_for(office: OpenIntake) -> None:
    pages = [(name, "/") for name in ("anna", "clara", "david", "hanne", "lone", "mads")]
    people = {name: await signed_in(office, name) for name, _ in pages}
    counts = []
    for number in (1, 49):
        await fill(office, number)
        counts.append([await asked(office, people[name], path) for name, path in (*pages, ("anna", "/apply"))])
    assert counts[0] == counts[1]


async def test_a_round_with_its_extensions_and_late_entries(office: OpenIntake) -> None:
    david, path = await signed_in(office, "david"), f"/rounds/{office.round['id']}"
    counts, version, codes = [], 1, iter(municipalities())
    for number in (1, 49):
        for _ in range(number):
            await office.service.post(f"/api/v1{path}/late-entries", {"municipality": next(codes)}, "david")
            later = str(date.fromisoformat(office.round["deadline"]) + timedelta(days=version))
            body = {"deadline": later, "reason": "Snow."}
            extended = await office.service.post(f"/api/v1{path}/extension", body, "david", if_match=f'"{version}"')
            assert extended.status_code == 200
            version += 1
        counts.append(await asked(office, david, path))
    assert counts[0] == counts[1]


async def test_the_form_of_a_substitution_with_all_the_daycares_that_may_join(office: OpenIntake) -> None:
    id = (await office.submitted())["id"]
    await office.service.post(f"/api/v1/applications/{id}/acceptance", None, "clara", if_match='"1"')
    clara, counts = await signed_in(office, "clara"), []
    for first, number in ((0, 1), (1, 49)):
        for each in range(first, first + number):
            daycare = cast.NURSERY | {"p_number": str(3_000_000_000 + each), "name": f"Vuggestuen {each}"}
            await office.service.post("/api/v1/daycares", daycare, "anna")
        counts.append(await asked(office, clara, f"/applications/{id}/substitution"))
    assert counts[0] == counts[1]


async def test_a_table_of_daycares_that_is_looked_through(office: OpenIntake) -> None:
    clara, counts = await signed_in(office, "clara"), []
    token = forms_of((await clara.open("/daycare-table")).text)["/daycare-table"]["_csrf"]
    for number in (1, 50):
        new = [f"{3_000_000_000 + each};Ny {each};vuggestue;kommunal;0;2;390" for each in range(number)]
        known = [f"{each['p_number']};Andet navn;vuggestue;kommunal;0;2;390" for each in DAYCARES.values()][:number]
        content = "\n".join([HEADINGS, *new, *known]).encode()
        async with office.service.statements() as sent:
            page = await clara.http.post("/daycare-table", data={"_csrf": token}, files={"file": ("x.csv", content)})
        assert page.status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]
