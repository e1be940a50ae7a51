"""The texts that are sent about letters, the same from a page and through the API."""

from typing import Annotated

from shared.inputs.fields import plain_text

LetterText = Annotated[str, plain_text(20_000, lines=True)]
"""A whole letter."""
Reason = Annotated[str, plain_text(500)]
"""Why a letter need not go out."""
