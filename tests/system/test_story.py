"""The story is the test of the whole: it holds every outcome against what it expects while it is played."""

from whole_system import PlayedStory

from local.story.traces import roots


def test_the_report_says_what_happened(played: PlayedStory) -> None:
    way = played.report["way"]
    assert played.report["pipeline"] == {
        "long-course": {"submitted": 1, "refused": 4, "accepted": 1, "running": 0, "completed": 1},
        "short-course": {"submitted": 1, "refused": 1, "accepted": 0, "running": 0, "completed": 0},
    }
    assert (way["submitted_on"], way["accepted_on"], way["opened_on"]) == ("2030-03-04", "2030-03-26", "2030-03-26")
    assert [(each["phase"], each["started_on"], each["completed_on"]) for each in way["stretches"]] == [
        ("start", "2030-03-26", "2030-06-26"),
        ("advice", "2030-06-26", "2031-06-26"),
        ("closing", "2031-06-26", "2031-09-26"),
    ]
    assert way["completed_on"] == "2031-09-26"


def test_the_facts_are_these_and_no_more(played: PlayedStory) -> None:
    counted = {type_name: int(number) for rows in played.facts.values() for type_name, number, *_ in rows}
    assert counted == {
        "dk.praksis.intake.ProgrammePublished.v1": 8,
        "dk.praksis.intake.RoundOpened.v1": 1,
        "dk.praksis.intake.RoundClosed.v1": 1,
        "dk.praksis.intake.ApplicationSubmitted.v1": 2,
        "dk.praksis.intake.ApplicationRefused.v1": 5,
        "dk.praksis.intake.ApplicationAccepted.v1": 1,
        "dk.praksis.scheduling.CourseOpened.v1": 1,
        "dk.praksis.scheduling.TeamAssigned.v1": 1,
        "dk.praksis.scheduling.PhaseStarted.v1": 3,
        "dk.praksis.scheduling.PhaseCompleted.v1": 3,
        "dk.praksis.scheduling.CourseCompleted.v1": 1,
        "dk.praksis.reporting.ObservationRecorded.v1": 6,
        "dk.praksis.reporting.SurveyClosed.v1": 1,
    }
    assert played.whole.parked() == {"intake": [], "scheduling": [], "reporting": []}


def test_an_application_is_one_trace_through_every_process(played: PlayedStory) -> None:
    spans = played.whole.spans
    accepted = "POST /api/v1/applications/{id}/acceptance"
    (trace_id,) = {span.trace_id for span in spans.all() if span.name == accepted}
    trace = spans.trace(trace_id)
    assert [root.name for root in roots(trace)] == [accepted]
    assert {span.service for span in trace} == {
        "praksis-intake web",
        "praksis-intake worker",
        "praksis-scheduling worker",
        "praksis-reporting worker",
    }
    assert sorted(span.name.partition(" ")[0] for span in trace if span.service == "praksis-reporting worker") == [
        "count_accepted",
        "lay_out_way",
        "measure_course",
        "note_start",
        "note_team",
        "start_measuring",
    ]
