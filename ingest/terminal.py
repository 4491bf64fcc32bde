"""What the commands have in common: their options, how they begin, stop and fail, progress and JSON."""

import errno
import json
import logging
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from ingest.index import IndexUnusableError

if TYPE_CHECKING:
    from rich.progress import Task

IndexFolder = Annotated[Path, typer.Option("--index", envvar="DATELINE_INDEX", help="Folder of the index.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, everything else on stderr.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Say on stderr what is done.")]
HERE = Path("index")
WAIT = 10.0  # seconds that a command waits for another one that writes

logger = logging.getLogger(__name__)

_FULL = "free some space, then run this again"
_CURES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: "run this as a user who may, or give this one the right to",
    errno.EROFS: "give a folder that can be written to with  --index",
}


class Terminated(KeyboardInterrupt):
    """The process was asked to end, as a service manager asks; like Ctrl-C."""


class _Stderr(logging.Handler):
    """Writes to stderr as it is at the moment: a progress bar puts itself in between."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(f"{self.format(record)}\n")


def begin(verbose: bool) -> None:
    """Set up logging, on stderr, and keep every library off the network."""
    logging.basicConfig(handlers=[_Stderr()], level=logging.WARNING, format="%(message)s", force=True)
    for ours in ("ingest", "qa") if verbose else ():  # what others tell may be an address with a password in it
        logging.getLogger(ours).setLevel(logging.INFO)
    # The weights come from a package: nothing may ask a hub, whatever a library would like.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def guarded(run: Callable[[], None], *, stopped: Callable[[], str] = lambda: "stopped") -> None:
    """Run a command; what a person can mend is one line and exit code 2, never a traceback.

    Ctrl-C is 130, and the line that `stopped` gives.
    """
    try:
        run()
    except BrokenPipeError:
        raise  # whoever read has seen enough
    except RecursionError:
        fail("the input is nested too deeply")
    except mendable() as error:
        fail(reason(error))
    except KeyboardInterrupt as stop:
        typer.echo(stopped(), err=True)
        raise typer.Exit(143 if isinstance(stop, Terminated) else 130) from None


@contextmanager
def stops_when_told() -> Iterator[None]:
    """Let SIGTERM end the block by an exception, so that what it began is cleared away."""

    def terminate(*_: object) -> NoReturn:
        raise Terminated

    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def fail(message: str) -> NoReturn:
    """Say on stderr what is wrong and how to mend it, and exit with code 2."""
    typer.echo(f"dateline: {message}", err=True)
    raise typer.Exit(2)


def mendable() -> tuple[type[Exception], ...]:
    """What can go wrong that a person can mend: what we raise, the system's errors, and those of the stores."""
    chroma = [sys.modules["chromadb.errors"].ChromaError] if "chromadb.errors" in sys.modules else []
    return (IndexUnusableError, ValueError, OSError, sqlite3.Error, *chroma)


def reason(error: Exception) -> str:
    """What went wrong and what mends it, in one line."""
    if isinstance(error, shutil.Error):  # of many files, all for one reason
        *_, why = error.args[0][0]
        return f"the index cannot be copied: {why}: {_FULL}"
    if isinstance(error, OSError) and error.strerror:
        parts = (error.filename, error.strerror, _CURES.get(error.errno or 0))
        return ": ".join(str(part) for part in parts if part)
    line = " ".join(str(error).splitlines())
    if isinstance(error, IndexUnusableError | ValueError | OSError):
        return line
    return f"the stores failed ({line}): if the disk is full, free some space; run  dateline doctor  to see"


def print_json(value: object) -> None:
    """Print the one JSON object of a command."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def progress_bar(stack: ExitStack) -> Callable[[int, int, int], None] | None:
    """A bar on stderr when that is a terminal, else, with --verbose, lines. It begins with the first step."""
    if not sys.stderr.isatty():
        return _told if logger.isEnabledFor(logging.INFO) else None
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: "Task") -> Text:
            return Text(f"{task.speed:.1f}/s" if task.speed else "")

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    task = bar.add_task("reading")
    stack.callback(bar.stop)

    def advance(done: int, total: int, chunks: int) -> None:
        bar.start()
        bar.update(task, completed=done, total=total, description=f"{chunks} chunks" if chunks else "reading")

    return advance


def _told(done: int, total: int, chunks: int) -> None:
    logger.info("%d of %d%s", done, total, f", {chunks} chunks" if chunks else "")
