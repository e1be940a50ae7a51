"""No more is kept than there is room for, and a full disk is told as one, with nothing half-stored."""

import os
import resource
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from pdf_cases import PDF
from service_under_test import Browser, OpenIntake, ServiceUnderTest, forms_of
from sqlalchemy import insert, update

from intake.attachments.folder import AttachmentFolder
from intake.attachments.forgetting import YOUNGEST, sweep
from intake.attachments.model import MOST_BYTES_A_DAY, MOST_KEPT
from intake.attachments.tables import AttachmentRow, RemovedAttachmentRow
from intake.drafts import decisions
from intake.drafts.model import MOST_OF_MUNICIPALITY, MOST_OF_PERSON
from intake.drafts.tables import DraftRow
from shared.errors import Refused


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


@pytest.fixture
async def draft(office: OpenIntake) -> str:
    return str((await begun(office)).json()["id"])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 12 MB for the attachments alone."""
    if os.geteuid() != 0:
        pytest.skip("only root mounts a disk")
    place = tmp_path / "attachments"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "none", str(place)], check=False)
    if mounted.returncode != 0:
        pytest.skip("this machine lets nobody mount")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def small_files() -> Iterator[None]:
    """A machine that lets no file of this process grow beyond 100 kB."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def begun(office: OpenIntake, name: str = "anna") -> httpx.Response:
    wish = {"programme": "long-course", "round_id": office.round["id"]}
    return await office.service.post("/api/v1/drafts", wish, name)


async def attached(office: OpenIntake, draft: str, content: bytes = PDF) -> httpx.Response:
    return await office.service.post(f"/api/v1/drafts/{draft}/attachments?name=a.pdf", None, "anna", content=content)


async def removed(office: OpenIntake, draft: str, id: str) -> None:
    path = f"/api/v1/drafts/{draft}/attachments/{id}/removal"
    assert (await office.service.post(path, None, "anna")).status_code == 204


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[1]


def files_in(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


@pytest.mark.parametrize(
    ("of_person", "of_municipality", "refused"),
    [
        (MOST_OF_PERSON - 1, MOST_OF_MUNICIPALITY - 1, None),
        (MOST_OF_PERSON, MOST_OF_MUNICIPALITY - 1, "too-many-drafts"),
        (MOST_OF_PERSON - 1, MOST_OF_MUNICIPALITY, "too-many-drafts-of-municipality"),
    ],
)
def test_as_many_drafts_are_begun_as_may_be(of_person: int, of_municipality: int, refused: str | None) -> None:
    if refused is None:
        decisions.check_quota(of_person, of_municipality)
        return
    with pytest.raises(Refused) as raised:
        decisions.check_quota(of_person, of_municipality)
    assert raised.value.slug == refused


async def test_whoever_has_too_many_drafts_is_told_what_to_do_and_goes_on_after_it(
    office: OpenIntake, draft: str
) -> None:
    async with office.service.database.work() as work:
        row = (await work.session.get_one(DraftRow, UUID(draft))).model_dump()
        same = [row | {"id": UUID(int=number), "link_hash": None} for number in range(1, MOST_OF_PERSON)]
        await work.session.execute(insert(DraftRow), same)
        await work.commit()
    answer = await begun(office)
    assert slug(answer) == (409, "too-many-drafts")
    assert answer.json()["texts"]["da"] == "Du har 50 kladder, der ikke er sendt. Du kan ikke have flere ad gangen."
    assert await office.service.rows("draft") == MOST_OF_PERSON
    anna = Browser(office.service)
    await anna.sign_in("anna")
    page = await anna.open("/apply")
    told = await anna.send(page, "/drafts", programme="long-course", round_id=office.round["id"])
    assert (told.status_code, "Send en af dem, eller slet en" in told.text) == (409, True)
    assert (await office.service.post(f"/api/v1/drafts/{draft}/removal", None, "anna", if_match='"1"')).is_success
    assert (await begun(office)).status_code == 201


async def test_adding_and_removing_comes_to_an_end_until_it_has_been_swept_up(
    office: OpenIntake, draft: str, tmp_path: Path
) -> None:
    for _ in range(MOST_KEPT):
        await removed(office, draft, (await attached(office, draft)).json()["id"])
    assert slug(await attached(office, draft)) == (409, "too-many-removed")
    assert len(files_in(tmp_path / "attachments")) == MOST_KEPT
    folder = AttachmentFolder(tmp_path / "attachments")
    for _, file in folder.kept():
        long_ago = file.stat().st_mtime - YOUNGEST.total_seconds() - 60
        os.utime(file, (long_ago, long_ago))
    assert await sweep(office.service.database, folder) == MOST_KEPT
    assert await office.service.rows("removed_attachment") == 0
    assert (await attached(office, draft)).status_code == 201


@pytest.mark.parametrize("table", [AttachmentRow, RemovedAttachmentRow])
async def test_a_day_has_so_many_bytes_for_one_person(
    office: OpenIntake, draft: str, table: type[AttachmentRow | RemovedAttachmentRow]
) -> None:
    id = (await attached(office, draft)).json()["id"]
    if table is RemovedAttachmentRow:
        await removed(office, draft, id)
    for size, status in ((MOST_BYTES_A_DAY - len(PDF) + 1, 409), (MOST_BYTES_A_DAY - len(PDF), 201)):
        async with office.service.database.work() as work:
            await work.session.execute(update(table).values(size=size))
            await work.commit()
        assert (await attached(office, draft)).status_code == status
    assert slug(await attached(office, draft)) == (409, "attachments-of-a-day")
    office.service.clock.move_to(office.service.clock.now() + timedelta(days=1))
    assert (await attached(office, draft)).status_code == 201


async def test_a_file_that_finds_no_room_is_told_of_and_leaves_nothing(
    office: OpenIntake, draft: str, tmp_path: Path, small_files: None
) -> None:
    answer = await attached(office, draft, PDF.ljust(200_000))
    assert slug(answer) == (507, "storage-full")
    assert answer.headers["Retry-After"] == "3600"
    assert (files_in(tmp_path / "attachments"), await office.service.rows("attachment")) == ([], 0)
    anna = Browser(office.service)
    await anna.sign_in("anna")
    path = f"/drafts/{draft}/attachments"
    hidden = forms_of((await anna.open(f"/drafts/{draft}")).text)[path]
    page = await anna.http.post(path, data=hidden, files={"file": ("a.pdf", PDF.ljust(200_000))})
    assert (page.status_code, "Der er ikke plads til at gemme lige nu" in page.text) == (507, True)
    assert (await attached(office, draft)).status_code == 201


async def test_a_full_disk_is_told_of_and_the_service_is_not_ready(
    office: OpenIntake, draft: str, small_disk: Path
) -> None:
    ready = await office.service.get("/health/ready", None)
    assert (ready.status_code, ready.json()["checks"]["attachments"]) == (200, "passed")
    for _ in range(5):
        assert (await attached(office, draft, PDF.ljust(2_000_000))).status_code == 201
    assert slug(await attached(office, draft, PDF.ljust(4_000_000))) == (507, "storage-full")
    assert len(files_in(small_disk)) == await office.service.rows("attachment") == 5
    ready = await office.service.get("/health/ready", None)
    assert (ready.status_code, ready.json()["checks"]["attachments"]) == (503, "failed")


async def test_a_folder_that_cannot_be_written_makes_the_service_not_ready(
    office: OpenIntake, draft: str, tmp_path: Path
) -> None:
    folder = tmp_path / "attachments"
    if folder.exists():
        folder.rename(tmp_path / "before")
    folder.write_bytes(b"a file in the place of the folder")
    ready = await office.service.get("/health/ready", None)
    assert (ready.status_code, ready.json()["checks"]["attachments"]) == (503, "failed")
    assert slug(await attached(office, draft)) == (507, "storage-full")
