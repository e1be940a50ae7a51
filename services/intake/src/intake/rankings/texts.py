"""What a ranking says to people."""

from intake.rankings.model import Tie
from shared.errors import Text

TIE = {
    Tie.LATER: Text("As good as the one above; it came in later."),
    Tie.SAME_MOMENT: Text("As good as the one above, and in at the same moment; the order is fixed, but by chance."),
}
