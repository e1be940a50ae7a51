"""Each measure by its name, in the order in which they are taken."""

from collections.abc import Callable, Mapping

from benchmarks.bench import Bench
from benchmarks.measures import inbox, listing, partitions, rebuild, relay, request, shapes, submission, whole
from benchmarks.outcomes import Measured

MEASURES: Mapping[str, Callable[[Bench], Measured]] = {
    each.NAME: each.measure for each in (relay, inbox, shapes, whole, request, rebuild, partitions, submission, listing)
}
