"""Celery in, plain calls out."""

from adapters.queue import RUN_ASSESSMENT
from assessment.assessment import AssessmentId
from worker.app import app, runner


@app.task(name=RUN_ASSESSMENT)  # pyright: ignore[reportUntypedFunctionDecorator]
def run_assessment(assessment_id: str) -> None:
    """Run one assessment to its end; the record says whether there is anything to do."""
    runner().run(AssessmentId(assessment_id))
