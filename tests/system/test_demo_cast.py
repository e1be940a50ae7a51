"""What the demo set is made of, and where it is loaded."""

import csv
import io
from pathlib import Path

import pytest
from rich.console import Console

from intake.organisations.decisions import cvr_is_right
from intake.organisations.files import read_table
from intake.organisations.importing import check_rows
from local.demo import places
from local.demo.__main__ import show
from local.demo.applications import ASSESSED, DECIDED, OPEN, ROLLING, Fate, Moment, Reviews
from local.errors import AlreadyRuns, SetupError
from local.provision import SERVICES
from local.shell_settings import running_services
from local.state import State
from shared.clock import SimulatedClock
from shared.municipalities import municipalities

WISHES = (*DECIDED, *ASSESSED, *OPEN, *ROLLING)


def test_the_municipalities_are_real_and_of_every_kind() -> None:
    assert set(places.places()) <= set(municipalities())
    greenland = {place.code for place in places.places().values() if place.is_in_greenland}
    assert greenland == {"0955", "0956", "0957", "0959", "0960"}
    assert {"0101", "0561", "0773", "0400", "0825"} <= set(places.places())


def test_the_table_of_daycares_can_be_imported_as_it_is() -> None:
    checked = check_rows(read_table(places.daycare_table().encode()), {}, None)
    assert [(row.number, row.errors) for row in checked if row.errors] == []
    assert len(checked) == len(places.places()) * len(places.KINDS)


def test_the_numbers_are_invented_right_by_their_check_digit_and_shared_by_what_one_owner_runs() -> None:
    rows = list(csv.DictReader(io.StringIO(places.daycare_table()), delimiter=";"))
    assert {row["p-nummer"][0] + row["cvr"][0] for row in rows} == {"99"}
    assert all(cvr_is_right(row["cvr"]) for row in rows)
    assert len({row["p-nummer"] for row in rows}) == len(rows)
    owners = {(row["kommunekode"], row["ejerform"] == "kommunal" or row["p-nummer"], row["cvr"]) for row in rows}
    assert len(owners) == len({owner[2] for owner in owners})


@pytest.mark.parametrize("kind", [Fate, Moment, Reviews])
def test_everything_that_can_become_of_an_application_becomes_of_one(kind: type[Fate | Moment | Reviews]) -> None:
    shown = {value for wish in WISHES for value in (wish.fate, wish.moment, wish.reviews) if isinstance(value, kind)}
    assert shown == set(kind)


def test_every_application_is_of_municipalities_and_daycares_of_the_set() -> None:
    assert {wish.municipality for wish in WISHES} <= set(places.places())
    assert {letter for wish in WISHES for letter in wish.daycares} == set(places.KINDS)


def test_where_nothing_runs_there_is_nothing_to_load_into(tmp_path: Path) -> None:
    assert running_services(State(tmp_path / "state")) is None


def test_what_is_being_started_is_waited_for(tmp_path: Path) -> None:
    with State(tmp_path / "state"), pytest.raises(SetupError, match="is being started"):
        running_services(State(tmp_path / "state"))


def test_what_runs_is_found_by_its_addresses(tmp_path: Path) -> None:
    urls = {service: f"http://127.0.0.1:{8101 + number}" for number, service in enumerate(SERVICES)}
    with State(tmp_path / "state") as state:
        lines = [f"export PRAKSIS_{service.upper()}_URL={url}" for service, url in urls.items()]
        (state.folder / "shell.env").write_text("export OTHER='a b'\n" + "\n".join(lines) + "\n")
        assert running_services(State(state.folder)) == urls


def test_a_folder_in_use_is_told_from_other_trouble(tmp_path: Path) -> None:
    with State(tmp_path / "state"), pytest.raises(AlreadyRuns, match="already runs from"):
        State(tmp_path / "state").hold()


def test_a_web_process_that_goes_away_is_told_in_a_sentence(tmp_path: Path) -> None:
    said = io.StringIO()
    nobody = dict.fromkeys(SERVICES, "http://127.0.0.1:1")
    assert not show(nobody, SimulatedClock(tmp_path / "clock"), Console(file=said, width=200), as_json=False)
    assert "A web process did not answer (ConnectError). What is loaded stays" in said.getvalue()
