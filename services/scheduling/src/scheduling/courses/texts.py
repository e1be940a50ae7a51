"""What the parts of a course are called."""

from shared.contracts.vocabulary import Instrument
from shared.errors import Text

INSTRUMENT = {
    Instrument.OBSERVATION: Text("Observation"),
    Instrument.LEADERSHIP_SURVEY: Text("Leadership survey"),
}
