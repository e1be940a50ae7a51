"""What consultants can, as people read it."""

from shared.contracts.vocabulary import Skill
from shared.errors import Text

SKILL = {
    Skill.LEARNING_ENVIRONMENTS: Text("Learning environments"),
    Skill.PARENTS: Text("Cooperation with parents"),
    Skill.INTERDISCIPLINARY_WORK: Text("Interdisciplinary work"),
    Skill.LEADERSHIP: Text("Professional leadership"),
    Skill.CHILDMINDING: Text("Childminding"),
}
