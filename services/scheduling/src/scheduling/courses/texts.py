"""What the parts of a course are called."""

from shared.contracts.intake import Instrument, Skill
from shared.errors import Text

SKILL = {
    Skill.LEARNING_ENVIRONMENTS: Text("Learning environments"),
    Skill.PARENTS: Text("Cooperation with parents"),
    Skill.INTERDISCIPLINARY_WORK: Text("Interdisciplinary work"),
    Skill.LEADERSHIP: Text("Professional leadership"),
    Skill.CHILDMINDING: Text("Childminding"),
}

INSTRUMENT = {
    Instrument.OBSERVATION: Text("Observation"),
    Instrument.LEADERSHIP_SURVEY: Text("Leadership survey"),
}
