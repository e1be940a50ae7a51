"""`praksis programmes …`: files are checked before anybody publishes them."""

from pathlib import Path

from command_line import CommandLine
from intake_cases import PROGRAMMES

GOOD = (PROGRAMMES / "short-course.yaml").read_text(encoding="utf-8")


async def test_files_without_a_mistake_are_named_with_their_versions(shell: CommandLine) -> None:
    checked = await shell("programmes", "validate", str(PROGRAMMES / "short-course.yaml"))
    assert (checked.status, checked.out, checked.err) == (0, "short-course: version 1 is fine.\n", "")


async def test_a_folder_is_checked_together(shell: CommandLine) -> None:
    checked = await shell("programmes", "validate", str(PROGRAMMES), "--json")
    assert checked.status == 0
    assert checked.document["valid"] is True
    assert [each["programme"] for each in checked.document["programmes"]] == sorted(
        file.stem for file in PROGRAMMES.glob("*.yaml")
    )


async def test_every_mistake_is_told_with_file_and_line(shell: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(GOOD.replace("team_size: 2", "team_size: 0").replace("at_most: 20}", "at_most: many}", 1))
    checked = await shell("programmes", "validate", str(file))
    assert checked.status == 1
    where = [line.split(": ")[0] for line in checked.out.splitlines()]
    lines = file.read_text().splitlines()
    wrong = [number for number, line in enumerate(lines, 1) if "team_size: 0" in line or "at_most: many" in line]
    assert where == [f"{file}:{number}" for number in wrong]
    document = (await shell("programmes", "validate", str(file), "--json")).document
    assert document["valid"] is False
    assert [(each["file"], each["line"]) for each in document["mistakes"]] == [(str(file), each) for each in wrong]


async def test_good_files_beside_bad_ones_are_named_too(shell: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("programme: [\n")
    checked = await shell("programmes", "validate", str(PROGRAMMES / "long-course.yaml"), str(file))
    assert checked.status == 1
    good, bad = checked.out.splitlines()
    assert good == "long-course: version 1 is fine."
    assert bad.startswith(f"{file}:2: not YAML: ")


async def test_a_file_that_is_not_there_is_told(shell: CommandLine, tmp_path: Path) -> None:
    checked = await shell("programmes", "validate", str(tmp_path / "nothing.yaml"))
    said = f"{tmp_path / 'nothing.yaml'} cannot be read: No such file or directory.\n"
    assert (checked.status, checked.out, checked.err) == (1, "", said)


async def test_an_empty_folder_holds_no_programmes(shell: CommandLine, tmp_path: Path) -> None:
    checked = await shell("programmes", "validate", str(tmp_path))
    assert (checked.status, checked.out) == (1, f"{tmp_path}: holds no programme files (*.yaml)\n")
