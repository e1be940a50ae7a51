"""What can go wrong on the machine, told to the person who typed the command."""


class SetupError(Exception):
    """Something on this machine stands in the way; the message says what it is and what to type."""


class AlreadyRuns(SetupError):
    """Another run holds the state folder."""
