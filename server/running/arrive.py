"""gunicorn's threaded worker."""

from gunicorn.workers.gthread import ThreadWorker


class ArrivingWorker(ThreadWorker):  # type: ignore[misc]
    """For now: as it is."""
