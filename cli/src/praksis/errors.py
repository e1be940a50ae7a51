"""What a command cannot do, as sentences for the person who typed it, with the status that the command ends with."""

DONE = 0
FAILED = 1
WRONG_USAGE = 2
UNREACHABLE = 3
INTERRUPTED = 130


class CommandError(Exception):
    """Something failed; the message says what, and what to do about it. It holds no secret."""

    status = FAILED


class WrongUsage(CommandError):
    """What was typed, or what the environment says, does not make sense."""

    status = WRONG_USAGE


class Unreachable(CommandError):
    """A part of Praksis does not answer."""

    status = UNREACHABLE
