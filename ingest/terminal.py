"""What the commands have in common: their options, how they begin and fail, progress and JSON."""

import json
import logging
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from ingest.index import IndexUnusableError

IndexFolder = Annotated[Path, typer.Option("--index", envvar="DATELINE_INDEX", help="Folder of the index.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, everything else on stderr.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Say on stderr what is done.")]
HERE = Path("index")


def begin(verbose: bool) -> None:
    """Set up logging, on stderr, and keep every library off the network."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if verbose else logging.WARNING,
        format="%(message)s",
        force=True,
    )
    # The weights come from a package: nothing may ask a hub, whatever a library would like.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def guarded(run: Callable[[], None]) -> None:
    """Run a command; what a person can mend is one line and exit code 2, never a traceback."""
    try:
        run()
    except BrokenPipeError:
        raise  # whoever read has seen enough
    except RecursionError:
        fail("the input is nested too deeply")
    except (IndexUnusableError, ValueError, OSError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        typer.echo("stopped; the index is as it was before", err=True)
        raise typer.Exit(130) from None


def fail(message: str) -> NoReturn:
    """Say on stderr what is wrong and how to mend it, and exit with code 2."""
    typer.echo(f"dateline: {message}", err=True)
    raise typer.Exit(2)


def print_json(value: object) -> None:
    """Print the one JSON object of a command."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def progress_bar(stack: ExitStack) -> Callable[[int, int, int], None] | None:
    """A bar on stderr when that is a terminal; nothing otherwise."""
    if not sys.stderr.isatty():
        return None
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = stack.enter_context(
        Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
    )
    task = bar.add_task("reading")

    def advance(done: int, total: int, chunks: int) -> None:
        bar.update(task, completed=done, total=total, description=f"{chunks} chunks" if chunks else "reading")

    return advance
