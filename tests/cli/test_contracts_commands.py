"""`praksis contracts …`: what the services promise each other."""

import json
from pathlib import Path

from command_line import CommandLine

from shared.catalogue.schemas import index, schema_of
from shared.contracts.intake.programmes import ProgrammePublished
from shared.contracts.published import PUBLISHED
from shared.contracts.reporting.surveys import SurveyClosed
from shared.contracts.scheduling.capacity import CapacityForecast


async def test_every_version_is_listed(shell: CommandLine) -> None:
    listed = await shell("contracts", "list")
    assert (listed.status, listed.err) == (0, "")
    heading, *rows = listed.out.splitlines()
    assert heading.split() == ["type", "subject", "meaning"]
    assert [row.split() for row in rows] == [
        [event.routing_key(), event.about, *(event.__doc__ or "").split()] for event in PUBLISHED.values()
    ]
    assert (await shell("contracts", "list", "--json")).document == index()["contracts"]


async def test_an_event_is_shown_field_by_field(shell: CommandLine) -> None:
    for written in ("SurveyClosed", "reporting.SurveyClosed", "reporting.SurveyClosed.v1", SurveyClosed.type_name()):
        shown = await shell("contracts", "show", written)
        title, heading, *rows = shown.out.splitlines()
        assert (shown.status, shown.err) == (0, "")
        assert title == f"{SurveyClosed.type_name()}: {SurveyClosed.__doc__}"
        assert heading.split() == ["field", "holds", "optional", "meaning"]
        assert [row.split()[:2] for row in rows] == [
            ["course_id", "uuid"],
            ["phase", "string"],
            ["instrument", "observation"],
            ["on", "date"],
        ]


async def test_what_an_event_means_is_one_line_however_its_docstring_is_written(shell: CommandLine) -> None:
    title, *_ = (await shell("contracts", "show", "CapacityForecast")).out.splitlines()
    assert title.split() == [f"{CapacityForecast.type_name()}:", *(CapacityForecast.__doc__ or "").split()]


async def test_fields_of_parts_are_shown_with_their_way(shell: CommandLine) -> None:
    shown = await shell("contracts", "show", "ProgrammePublished")
    fields = {row.split("  ")[0]: row for row in shown.out.splitlines()[2:]}
    assert {"names.da", "phases", "phases.*.names.en", "phases.*.owes", "phases.*.owes.*.instrument"} < set(fields)
    assert " integer or null " in fields["hour_cap"]
    assert fields["phases"].endswith(" list of object")
    optional = [name for name, row in fields.items() if " optional" in row]
    assert optional == ["phases.*.owes", "phases.*.hours_per_month"]


async def test_in_json_an_event_is_its_schema(shell: CommandLine) -> None:
    shown = await shell("contracts", "show", "ProgrammePublished", "--json")
    assert shown.document == schema_of(ProgrammePublished)


async def test_an_event_that_there_is_not_is_told(shell: CommandLine) -> None:
    shown = await shell("contracts", "show", "SurveyLost")
    assert (shown.status, shown.out, shown.err) == (
        1,
        "",
        "There is no event SurveyLost. `praksis contracts list` names all of them.\n",
    )


async def test_contracts_are_exported_into_a_folder(shell: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "out" / "of the way"
    exported = await shell("contracts", "export", str(folder))
    assert (exported.status, exported.err) == (0, "")
    files = sorted(str(file) for file in folder.rglob("*") if file.is_file())
    assert sorted(exported.out.splitlines()) == files
    schema = folder / "contracts" / "reporting.SurveyClosed.v1.json"
    assert json.loads(schema.read_text()) == schema_of(SurveyClosed)
    again = await shell("contracts", "export", str(folder), "--json")
    assert sorted(again.document) == files


async def test_a_folder_that_cannot_be_written_is_told(shell: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "folder"):
        exported = await shell("contracts", "export", str(folder), "--json")
        assert (exported.status, exported.out) == (1, "")
        assert "cannot be written" in exported.err
