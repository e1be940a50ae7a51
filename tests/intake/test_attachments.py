"""Files with an application: what they are is seen from their content, and they come back as they were sent."""

import asyncio
import os
import zipfile
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import xlsxwriter
from pdf_cases import PDF
from service_under_test import Browser, OpenIntake, ServiceUnderTest, forms_of
from sqlalchemy import text

from intake.attachments.folder import AttachmentFolder, Damaged
from intake.attachments.forgetting import YOUNGEST, sweep
from intake.attachments.model import ENDINGS, LARGEST, MOST, FileKind
from intake.attachments.naming import LONGEST_NAME, bare_name
from intake.attachments.packages import NotAllowed
from intake.attachments.sniffing import kind_of
from intake.attachments.texts import KIND, NOT_ALLOWED
from intake.compound import COMPOUND
from intake.drafts.forgetting import forget_old_drafts
from local.story import cast
from shared.isolation.running import FILES, places


def package(parts: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w", compression) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return written.getvalue()


def workbook() -> bytes:
    written = BytesIO()
    book = xlsxwriter.Workbook(written)
    book.add_worksheet()
    book.close()
    return written.getvalue()


def files_in(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def file_of(folder: Path, id: str) -> Path:
    return next(folder.rglob(id))


WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}
OPEN_TEXT = {"mimetype": FileKind.OPEN_TEXT.encode(), "content.xml": b"<c/>"}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, FileKind.PDF),
        (b"\x89PNG\r\n\x1a\n...", FileKind.PNG),
        (b"\xff\xd8\xff\xe0...", FileKind.JPEG),
        (package(WORD), FileKind.WORD),
        (workbook(), FileKind.EXCEL),
        (package(OPEN_TEXT), FileKind.OPEN_TEXT),
    ],
)
def test_a_file_is_what_its_content_is(content: bytes, kind: FileKind) -> None:
    assert kind_of(content) is kind


def test_every_kind_has_its_endings_and_its_name_for_people() -> None:
    assert (set(ENDINGS), set(KIND)) == (set(FileKind), set(FileKind))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"MZ\x90\x00", "kind"),
        (b"<html><script>alert(1)</script>", "kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind"),
        (b"GIF89a%PDF-1.7", "kind"),
        (b" %PDF-1.7", "kind"),
        (b"plain text", "kind"),
        (COMPOUND + b"Word.Document.8", "old"),
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"), "password"),
        (package({"a.txt": b"x"}), "kind"),
        (package({"word/document.xml": b"x"}), "kind"),
        (package({"mimetype": b"application/epub+zip"}), "kind"),
        (package({"mimetype": FileKind.OPEN_TEXT.encode() + b"x"}), "kind"),
        (package(WORD | {"word/vbaProject.bin": b"x"}), "macros"),
        (package(OPEN_TEXT | {"Basic/Standard/Module1.xml": b"x"}), "macros"),
        (package(WORD)[:-30], "broken"),
        (b"PK\x03\x04" + b"\x00" * 40, "broken"),
        (package({**WORD, **{f"{number}": b"" for number in range(2_001)}}), "bomb"),
        (package({**WORD, "word/media/a": bytes(20 * LARGEST + 1)}), "bomb"),
    ],
    ids=range(18),
)
def test_what_lies_about_itself_or_would_do_harm_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        kind_of(content)
    assert refused.value.why == why


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("rapport.pdf", "rapport.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Brugere\\Anna\\tilsyn.docx", "tilsyn.docx"),
        ("..", "fil"),
        ("", "fil"),
        (".htaccess", "htaccess"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("tilsyn\u202efdp.exe", "tilsynfdp.exe"),
        ("til\u3164syn.p\ufe0fdf", "tilsyn.pdf"),
        ("til\u034fsyn.pdf\U000e0100", "tilsyn.pdf"),
        ("Børnehuset – ᐃᓄᒃ 東京.pdf", "Børnehuset – ᐃᓄᒃ 東京.pdf"),
        ("a" * 300 + ".pdf", "a" * (LONGEST_NAME - 4) + ".pdf"),
        ("a" * 300, "a" * (LONGEST_NAME - 1)),
    ],
)
def test_a_name_keeps_nothing_but_a_name(sent: str, kept: str) -> None:
    assert bare_name(sent) == kept


# The folder


async def test_a_content_comes_back_as_it_was_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    folder, id = AttachmentFolder(tmp_path / "new"), uuid4()
    await folder.write(id, PDF)
    assert await folder.read(id, sha256(PDF).hexdigest()) == PDF
    ((found, file),) = folder.kept()
    assert (found, file.stat().st_mode & 0o777) == (id, 0o600)
    # Nor can anybody else see which files there are.
    assert [each.stat().st_mode & 0o777 for each in (tmp_path / "new", file.parent)] == [0o700] * 2


async def test_what_is_gone_or_changed_is_told_as_damage(tmp_path: Path) -> None:
    folder, id = AttachmentFolder(tmp_path), uuid4()
    digest = sha256(PDF).hexdigest()
    with pytest.raises(Damaged):
        await folder.read(id, digest)
    await folder.write(id, PDF + b"!")
    with pytest.raises(Damaged):
        await folder.read(id, digest)


async def test_a_disk_that_takes_nothing_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        await AttachmentFolder(tmp_path).write(uuid4(), PDF)
    assert files_in(tmp_path) == []


# Over HTTP


@pytest.fixture
async def office(intake_service: ServiceUnderTest) -> OpenIntake:
    return await OpenIntake.of(intake_service)


@pytest.fixture
async def draft(office: OpenIntake) -> str:
    wish = {"programme": "long-course", "round_id": office.round["id"]}
    answer = await office.service.post("/api/v1/drafts", wish, "anna")
    return str(answer.json()["id"])


async def attached(
    office: OpenIntake, draft: str, content: bytes = PDF, name: str = "rapport.pdf", who: str = "anna"
) -> httpx.Response:
    path = f"/api/v1/drafts/{draft}/attachments"
    return await office.service.post(f"{path}?{httpx.QueryParams(name=name)}", None, who, content=content)


async def sent(office: OpenIntake, draft: str) -> None:
    wish = office.long_course()
    content = {
        "applicant_kind": "administration",
        "daycares": wish["daycares"],
        "motivation": "Vi vil.",
        "contact_name": "Anna",
        "contact_email": "anna@example.org",
    }
    path = f"/api/v1/drafts/{draft}"
    assert (await office.service.put(path, content, "anna", if_match='"1"')).status_code == 200
    assert (await office.service.post(f"{path}/submission", None, "anna", if_match='"2"')).status_code == 200


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[1]


async def test_a_file_is_attached_and_comes_back_as_it_was(office: OpenIntake, draft: str) -> None:
    answer = await attached(office, draft, PDF, "Tilsyn – 東京.pdf")
    said = answer.json()
    assert (answer.status_code, said["kind"], said["size"], said["sha256"]) == (
        201,
        "application/pdf",
        len(PDF),
        sha256(PDF).hexdigest(),
    )
    back = await office.service.get(f"/api/v1/attachments/{said['id']}", "anna")
    assert (back.content, back.headers["Content-Type"]) == (PDF, "application/pdf")
    assert (
        back.headers["Content-Disposition"]
        == "attachment; filename*=UTF-8''Tilsyn%20%E2%80%93%20%E6%9D%B1%E4%BA%AC.pdf"
    )
    assert back.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert back.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_file_goes_with_the_application_and_cannot_be_taken_back_then(office: OpenIntake, draft: str) -> None:
    id = (await attached(office, draft)).json()["id"]
    assert (await office.service.get(f"/api/v1/attachments/{id}", "clara")).status_code == 404
    await sent(office, draft)
    assert (await office.service.get(f"/api/v1/attachments/{id}", "clara")).content == PDF
    listed = await office.service.get(f"/api/v1/applications/{draft}/attachments", "clara")
    assert [each["id"] for each in listed.json()] == [id]
    removal = await office.service.post(f"/api/v1/drafts/{draft}/attachments/{id}/removal", None, "anna")
    assert slug(removal) == (409, "draft-sent")
    assert slug(await attached(office, draft)) == (409, "draft-sent")
    browser = Browser(office.service)
    await browser.sign_in("clara")
    assert f'href="/attachments/{id}"' in (await browser.open(f"/applications/{draft}")).text


async def test_others_learn_nothing_of_a_file(office: OpenIntake, draft: str) -> None:
    id = (await attached(office, draft)).json()["id"]
    for who in (cast.LEADER, "ida"):
        assert (await office.service.get(f"/api/v1/attachments/{id}", who)).status_code == 404
        assert (await attached(office, draft, who=who)).status_code == 404
        removal = await office.service.post(f"/api/v1/drafts/{draft}/attachments/{id}/removal", None, who)
        assert removal.status_code == 404
    await sent(office, draft)
    assert (await office.service.get(f"/api/v1/attachments/{id}", cast.LEADER)).status_code == 404
    assert (await office.service.get(f"/api/v1/applications/{draft}/attachments", cast.LEADER)).status_code == 404


async def test_a_file_of_another_draft_is_not_removed(office: OpenIntake, draft: str) -> None:
    id = (await attached(office, draft)).json()["id"]
    wish = {"programme": "long-course", "round_id": office.round["id"]}
    other = (await office.service.post("/api/v1/drafts", wish, "anna")).json()["id"]
    removal = await office.service.post(f"/api/v1/drafts/{other}/attachments/{id}/removal", None, "anna")
    assert slug(removal) == (404, "unknown-attachment")
    assert await office.service.rows("attachment") == 1


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", (422, "attachment-empty")),
        (b"MZ", (422, "attachment-not-allowed")),
        (PDF + bytes(LARGEST), (413, "attachment-too-large")),
        (PDF + bytes(LARGEST + 70_000), (413, "body-too-large")),
    ],
    ids=["empty", "program", "large", "endless"],
)
async def test_what_cannot_be_attached_is_not_kept(
    office: OpenIntake, draft: str, content: bytes, expected: tuple[int, str], tmp_path: Path
) -> None:
    assert slug(await attached(office, draft, content)) == expected
    assert await office.service.rows("attachment") == 0
    assert list(AttachmentFolder(tmp_path / "attachments").kept()) == []


async def test_programs_are_told_why_a_file_cannot_be_attached_as_people_are(office: OpenIntake, draft: str) -> None:
    said = (await attached(office, draft, b"MZ")).json()
    assert (said["why"], said["texts"]["en"]) == ("kind", NOT_ALLOWED["kind"].message)


@pytest.mark.parametrize("name", ["rapport.hta", "rapport.pdf.exe", "tilsyn\u202efdp.exe", "rapport.pdf:a.exe"])
async def test_a_name_that_says_otherwise_than_the_content_is_refused(
    office: OpenIntake, draft: str, name: str
) -> None:
    answer = await attached(office, draft, PDF, name)
    assert slug(answer) == (422, "attachment-not-allowed")
    said = answer.json()
    ending = name.rpartition(".")[2]
    assert said["why"] == "ending"
    assert said["texts"] == {
        "da": f"Filen er et PDF-dokument, når man ser på indholdet. Navnet skal ende på .pdf og ikke på .{ending}.",
        "en": f"By its content the file is a PDF document. Its name must end in .pdf, and not in .{ending}.",
    }
    assert await office.service.rows("attachment") == 0


async def test_a_name_without_an_ending_gets_the_one_of_its_content(office: OpenIntake, draft: str) -> None:
    assert (await attached(office, draft, PDF, "Tilsyn 2026")).json()["name"] == "Tilsyn 2026.pdf"


async def test_a_file_that_was_taken_under_another_ending_leaves_under_its_own(office: OpenIntake, draft: str) -> None:
    id = (await attached(office, draft)).json()["id"]
    async with office.service.database.work() as work:
        await work.session.execute(text("update intake.attachment set name = 'rapport.hta'"))
        await work.commit()
    listed = (await office.service.get(f"/api/v1/drafts/{draft}/attachments", "anna")).json()
    assert [each["name"] for each in listed] == ["rapport.hta.pdf"]
    back = await office.service.get(f"/api/v1/attachments/{id}", "anna")
    assert back.headers["Content-Disposition"] == "attachment; filename*=UTF-8''rapport.hta.pdf"


async def test_a_file_of_the_largest_size_is_taken(office: OpenIntake, draft: str) -> None:
    assert (await attached(office, draft, PDF + bytes(LARGEST - len(PDF)))).status_code == 201


async def test_of_two_at_once_the_last_place_goes_to_one(office: OpenIntake, draft: str) -> None:
    for _ in range(MOST - 1):
        assert (await attached(office, draft)).status_code == 201
    answers = await asyncio.gather(attached(office, draft), attached(office, draft))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert await office.service.rows("attachment") == MOST


async def test_a_draft_is_written_in_while_a_file_for_it_waits_to_be_looked_at(office: OpenIntake, draft: str) -> None:
    async with places(FILES).one(), places(FILES).one():
        adding = asyncio.create_task(attached(office, draft))
        while places(FILES).taken < 3:
            await asyncio.sleep(0.01)
        written = await office.service.put(f"/api/v1/drafts/{draft}", {"motivation": "Vi vil."}, "anna", if_match='"1"')
        assert (written.status_code, adding.done()) == (200, False)
    assert (await adding).status_code == 201


async def test_no_file_is_added_to_what_was_sent_while_it_was_looked_at(office: OpenIntake, draft: str) -> None:
    async with places(FILES).one(), places(FILES).one():
        adding = asyncio.create_task(attached(office, draft))
        while places(FILES).taken < 3:
            await asyncio.sleep(0.01)
        await sent(office, draft)
    assert slug(await adding) == (409, "draft-sent")
    assert await office.service.rows("attachment") == 0


async def test_a_damaged_file_is_said_to_be(office: OpenIntake, draft: str, tmp_path: Path) -> None:
    id = (await attached(office, draft)).json()["id"]
    file_of(tmp_path, id).write_bytes(b"%PDF-other")
    assert slug(await office.service.get(f"/api/v1/attachments/{id}", "anna")) == (500, "attachment-damaged")


async def test_only_old_contents_without_a_row_are_swept_up(office: OpenIntake, draft: str, tmp_path: Path) -> None:
    kept, removed, young = [(await attached(office, draft)).json()["id"] for _ in range(3)]
    for id in (removed, young):
        await office.service.post(f"/api/v1/drafts/{draft}/attachments/{id}/removal", None, "anna")
    long_ago = file_of(tmp_path, kept).stat().st_mtime - YOUNGEST.total_seconds() - timedelta(minutes=1).seconds
    for id in (kept, removed):
        os.utime(file_of(tmp_path, id), (long_ago, long_ago))
    folder = AttachmentFolder(tmp_path / "attachments")
    assert await sweep(office.service.database, folder, dry_run=True) == 1
    assert await sweep(office.service.database, folder) == 1
    assert {str(id) for id, _ in folder.kept()} == {kept, young}


async def test_a_draft_that_is_thrown_away_leaves_no_file(office: OpenIntake, draft: str) -> None:
    await attached(office, draft)
    assert (await office.service.post(f"/api/v1/drafts/{draft}/removal", None, "anna", if_match='"1"')).is_success
    assert await office.service.rows("attachment") == 0


async def test_drafts_that_nobody_touches_are_forgotten_with_their_files(office: OpenIntake, draft: str) -> None:
    await attached(office, draft)
    database, clock = office.service.database, office.service.clock
    begun = clock.now()
    clock.move_to(begun + timedelta(days=300))
    wish = {"programme": "long-course", "round_id": office.round["id"]}
    await office.service.post("/api/v1/drafts", wish, "anna")
    clock.move_to(begun + timedelta(days=400))
    assert await forget_old_drafts(database, 12, dry_run=True) == 1
    assert await forget_old_drafts(database, 12) == 1
    assert (await office.service.rows("draft"), await office.service.rows("attachment")) == (1, 0)
    assert await forget_old_drafts(database, 12) == 0


async def test_what_was_sent_is_kept_once(office: OpenIntake, draft: str) -> None:
    await sent(office, draft)
    async with office.service.database.work() as work:
        content = await work.session.scalar(text("select content::text from intake.draft"))
    assert "example.org" not in str(content)


# As pages


async def test_who_sends_too_much_is_told_how_much_it_was_and_led_back_to_the_draft(
    office: OpenIntake, draft: str
) -> None:
    anna, path = Browser(office.service), f"/drafts/{draft}"
    await anna.sign_in("anna")
    form = forms_of((await anna.open(f"{path}?lang=en")).text)[f"{path}/attachments"]
    file = {"file": ("a.pdf", PDF + bytes(2 * LARGEST))}
    answer = await anna.http.post(f"{path}/attachments", data=form, files=file, headers={"Accept": "text/html"})
    assert answer.status_code == 413
    assert "This has 20 MB in all. At most 10 MB can be sent here at once." in answer.text
    assert "what was stored before is still there" in answer.text
    assert f'href="{path}"' in answer.text


async def test_a_file_is_attached_and_removed_on_the_page(office: OpenIntake, draft: str) -> None:
    anna = Browser(office.service)
    await anna.sign_in("anna")
    path = f"/drafts/{draft}/attachments"

    async def choose(content: bytes, name: str) -> httpx.Response:
        hidden: Any = forms_of((await anna.open(f"/drafts/{draft}?lang=en")).text)[path]
        return await anna.http.post(path, data=hidden, files={"file": (name, content, "text/html")})

    wrong = await choose(b"<html>", "a.pdf")
    assert (wrong.status_code, "file-error" in wrong.text) == (422, True)
    program = await choose(PDF, "tilsyn.exe")
    assert (program.status_code, "must end in .pdf, and not in .exe" in program.text) == (422, True)
    nothing = await choose(b"", "")
    assert (nothing.status_code, "Choose a file" in nothing.text) == (422, True)
    done = await anna.follow(await choose(PDF, "../<b>tilsyn</b>.pdf"))
    assert "b&gt;.pdf" in done.text
    assert "<b>tilsyn" not in done.text
    removal = next(action for action in forms_of(done.text) if action.endswith("/removal") and "attachments" in action)
    gone = await anna.follow(await anna.send(done, removal))
    assert "b&gt;.pdf" not in gone.text
