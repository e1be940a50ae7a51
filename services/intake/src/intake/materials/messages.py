"""The e-mail with which something is sent to those who come to a gathering."""

import re

from intake.gatherings.model import Cohort
from intake.materials.model import Material, MaterialKind
from intake.registrations.model import Registration
from shared.errors import Text
from shared.mail.outbox import Mail


def message(material: Material, cohort: Cohort, registration: Registration) -> Mail:
    """What the secretary has written, to one party; the link leads to the file."""
    contact = registration.contact
    title = cohort.title.en if contact.language == "en" else cohort.title.da
    subjects = {
        MaterialKind.BEFORE: Text("Before the gathering: {title}", {"title": title}),
        MaterialKind.AFTER: Text("After the gathering: {title}", {"title": title}),
    }
    written = [Text("{text}", {"text": each}) for each in re.split(r"\n\s*\n", material.text)]
    offered = [Text("The link leads to a file for you: {name}", {"name": material.file.name})] if material.file else []
    return Mail(
        contact.email,
        contact.language,
        subjects[material.kind],
        (Text("Dear {name}", {"name": contact.name}), *written, *offered),
        f"/materials/{material.id}" if material.file else None,
    )
