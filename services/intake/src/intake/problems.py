"""The problems that intake alone can answer with; each slice explains its own."""

from intake.agreements import problems as agreements
from intake.applications import problems as applications
from intake.assessments import problems as assessments
from intake.attachments import problems as attachments
from intake.clarifications import problems as clarifications
from intake.drafts import problems as drafts
from intake.enquiries import problems as enquiries
from intake.gatherings import problems as gatherings
from intake.interests import problems as interests
from intake.letters import problems as letters
from intake.materials import problems as materials
from intake.municipalities import problems as municipalities
from intake.newsletter import problems as newsletter
from intake.organisations import problems as organisations
from intake.programmes import problems as programmes
from intake.registrations import problems as registrations
from intake.releases import problems as releases
from intake.rounds import problems as rounds
from intake.substitutions import problems as substitutions

PROBLEMS = (
    *agreements.PROBLEMS,
    *applications.PROBLEMS,
    *assessments.PROBLEMS,
    *attachments.PROBLEMS,
    *clarifications.PROBLEMS,
    *drafts.PROBLEMS,
    *enquiries.PROBLEMS,
    *gatherings.PROBLEMS,
    *interests.PROBLEMS,
    *letters.PROBLEMS,
    *materials.PROBLEMS,
    *municipalities.PROBLEMS,
    *newsletter.PROBLEMS,
    *organisations.PROBLEMS,
    *programmes.PROBLEMS,
    *registrations.PROBLEMS,
    *releases.PROBLEMS,
    *rounds.PROBLEMS,
    *substitutions.PROBLEMS,
)
