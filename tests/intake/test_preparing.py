"""Programme files that cannot be used stop Praksis before it starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from service_under_test import ServiceUnderTest

from intake.programmes.files import ProgrammeFileError
from intake.programmes.loading import publish_programmes
from local.state import CHECKOUT


def test_a_bad_programme_file_is_refused_with_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "long-course.yaml"
    good = (CHECKOUT / "services/intake/programmes/long-course.yaml").read_text()
    file.write_text(good.replace("rule: young_children", "rule: phase_of_the_moon"))
    line = next(number for number, row in enumerate(file.read_text().splitlines(), 1) if "phase_of_the_moon" in row)
    nowhere = {"INTAKE_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/no", "INTAKE_AMQP_URL": "amqp://127.0.0.1:1"}
    nowhere["PRAKSIS_ENVIRONMENT"] = "development"  # in production such addresses are refused before
    result = subprocess.run(
        [sys.executable, "-m", "intake.prepare"],
        env={**os.environ, **nowhere, "INTAKE_PROGRAMMES": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr.startswith(f"{file}:{line}: ")
    assert "phase_of_the_moon" in result.stderr


async def test_a_published_version_that_has_changed_is_refused_in_words(
    intake_service: ServiceUnderTest, tmp_path: Path
) -> None:
    file = tmp_path / "long-course.yaml"
    good = (CHECKOUT / "services/intake/programmes/long-course.yaml").read_text()
    file.write_text(good)
    await publish_programmes(intake_service.database, tmp_path)
    file.write_text(good.replace("at_most: 5", "at_most: 6"))
    with pytest.raises(ProgrammeFileError) as refused:
        await publish_programmes(intake_service.database, tmp_path)
    assert str(refused.value) == (
        f"{tmp_path}: version 1 of long-course has been published with other content;"
        " give what has changed a version of its own"
    )
    assert [name for name, _ in await intake_service.published()] == ["ProgrammePublished"]
