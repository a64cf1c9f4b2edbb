"""A worker that knows the tests' tasks: `python -m tests.core.serve_jobs`."""

from portal.app import create_app
from tests.core import tasks

assert tasks.leave_mark
app = create_app()
app.test_cli_runner().invoke(args=["jobs", "worker"], catch_exceptions=False)
