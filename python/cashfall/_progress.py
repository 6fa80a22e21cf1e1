"""A progress bar for long runs, shown only when a run takes more than a second."""

from __future__ import annotations

import time

from cashfall.errors import MissingExtraError

DELAY_SECONDS = 1.0


class Bar:
    """A bar on standard error with the rate and the time left."""

    def __init__(self, total: int) -> None:
        try:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
        except ImportError as error:
            raise MissingExtraError("a progress bar needs the extra `cli`: pip install 'cashfall[cli]'") from error
        columns = (
            TextColumn("{task.completed:,.0f} of {task.total:,.0f} scenarios"),
            BarColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        console = Console(stderr=True)
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._total = total
        self._started = time.monotonic()
        self._task: object = None

    def update(self, done: int, total: int) -> None:
        """Show how far the run is."""
        elapsed = time.monotonic() - self._started
        if elapsed < DELAY_SECONDS:
            return
        rate = f"{done / elapsed:,.0f}/s"
        if self._task is None:
            self._bar.start()
            self._task = self._bar.add_task("", total=total, rate=rate)
        self._bar.update(self._task, completed=done, rate=rate)  # type: ignore[arg-type]  # a task id of the bar's own

    def close(self) -> None:
        """Take the bar away."""
        if self._task is not None:
            self._bar.stop()
