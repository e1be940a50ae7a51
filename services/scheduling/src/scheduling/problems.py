"""The problems that scheduling alone can answer with; each slice explains its own."""

from scheduling.consultants import problems as consultants
from scheduling.courses import problems as courses

PROBLEMS = (
    *consultants.PROBLEMS,
    *courses.PROBLEMS,
)
