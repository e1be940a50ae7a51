"""`praksis events replay`: what it is asked for, before anything is read."""

import pytest
from command_line import CommandLine


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "new"), "--from new leaves nothing to replay."),
        (("--from", "tomorrow"), "--from tomorrow is neither `first`"),
        (("--from", "-1"), "--from -1 is neither `first`"),
        (("--from", "9999-01-01"), "--from 9999-01-01 lies in the future"),
        (("pipeline", "--from", "5"), "A projection is rebuilt from the first event on"),
        (("pipeline", "--from", "2025-01-01"), "A projection is rebuilt from the first event on"),
    ],
)
async def test_a_start_that_makes_no_sense_is_refused(words: tuple[str, ...], said: str, shell: CommandLine) -> None:
    refused = await shell("events", "replay", "reporting", *words)
    assert (refused.status, refused.out) == (2, "")
    assert refused.err.startswith(said)


@pytest.mark.parametrize("words", [(), ("nowhere",), ("Reporting",)])
async def test_a_service_is_named(words: tuple[str, ...], shell: CommandLine) -> None:
    refused = await shell("events", "replay", *words)
    assert (refused.status, refused.out) == (2, "")
    assert "SERVICE" in refused.err
