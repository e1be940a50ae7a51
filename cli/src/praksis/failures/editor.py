"""Lets somebody change a text in the editor of their choice."""

import os
import shlex
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from praksis.errors import CommandError, WrongUsage


def edited(text: str, name: str) -> str:
    """The text as it is when the editor is closed; nobody else can read it meanwhile, and nothing of it is left behind.

    Raises `WrongUsage` without an editor, and `CommandError` when that fails.
    """
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not command:
        raise WrongUsage("No editor is named: set EDITOR, or give the new data with --data FILE.")
    with TemporaryDirectory(prefix="praksis-") as folder:
        file = Path(folder) / name
        file.write_text(text, encoding="utf-8")
        try:
            status = subprocess.run([*shlex.split(command), str(file)], check=False).returncode  # noqa: S603 (the person's own editor)
        except (OSError, ValueError) as error:
            raise CommandError(f"The editor {command} could not be started ({type(error).__name__}).") from None
        if status != 0:
            raise CommandError(f"The editor ended with {status}; nothing was changed.")
        try:
            return file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise CommandError("What the editor left behind cannot be read; nothing was changed.") from None
