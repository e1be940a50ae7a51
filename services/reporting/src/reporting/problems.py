"""The problems that reporting alone can answer with; each slice explains its own."""

from reporting.instruments import problems as instruments

PROBLEMS = (*instruments.PROBLEMS,)
