"""Programme files that cannot be used stop Praksis before it starts."""

import os
import subprocess
import sys
from pathlib import Path

from local.state import CHECKOUT


def test_a_bad_programme_file_is_refused_with_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "long-course.yaml"
    good = (CHECKOUT / "services/intake/programmes/long-course.yaml").read_text()
    file.write_text(good.replace("rule: young_children", "rule: phase_of_the_moon"))
    line = next(number for number, row in enumerate(file.read_text().splitlines(), 1) if "phase_of_the_moon" in row)
    nowhere = {"INTAKE_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/no", "INTAKE_AMQP_URL": "amqp://127.0.0.1:1"}
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
