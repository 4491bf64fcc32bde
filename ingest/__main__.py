"""`python -m ingest`, the same command as `dateline ingest`; and `dateline rollback`."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ingest.changes import Changes, holds
from ingest.index import Index, IndexUnusableError
from ingest.published import published
from ingest.reindex import reindex
from ingest.sources import SourceError
from ingest.terminal import (
    HERE,
    WAIT,
    AsJson,
    IndexFolder,
    Verbose,
    begin,
    fail,
    guarded,
    mendable,
    print_json,
    progress_bar,
    reason,
    stops_when_told,
)
from ingest.watch import RETRY, watch


def ingest(
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="Folders and files of articles, http(s) addresses, feeds, sitemaps.  [default: corpus]"),
    ] = None,
    index: IndexFolder = HERE,
    keep_missing: Annotated[
        bool, typer.Option("--keep-missing", help="Keep articles whose file is gone from a given folder.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Start anew, as after a change of the embedder.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    watching: Annotated[
        bool,
        typer.Option(
            "--watch",
            help="Go on, and run again after each change and every hour; with --json an object and a line for each "
            "run. WATCHFILES_FORCE_POLLING=1 helps where a network folder reports no changes.",
        ),
    ] = False,
    allow_private: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST", help="Host of one's own network that may be asked; may be repeated."),
    ] = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Bring the index up to date with the articles; a running chat answers from them at once."""
    begin(verbose)
    if dry_run and watching:
        fail("--dry-run changes nothing, and --watch waits for changes: leave one of them out")
    places = sources or ["corpus"]
    before = _in_use(index)

    def run() -> None:
        with stops_when_told():
            once = partial(
                reindex,
                places,
                Index.open(index, create=True),
                keep_missing=keep_missing,
                dry_run=dry_run,
                allow_private=allow_private or (),
                wait=WAIT,
            )
            if watching:
                _watch(places, index, once, rebuild=rebuild, as_json=as_json)
            else:
                _tell(_with_bar(once, rebuild=rebuild), as_json=as_json, verbose=verbose)

    def stopped() -> str:
        same = _in_use(index) == before
        return f"stopped; the index {'is as it was before' if same else 'was brought up to date first'}"

    guarded(run, stopped=stopped)


def rollback(index: IndexFolder = HERE, as_json: AsJson = False, verbose: Verbose = False) -> None:
    """Go back to the index as it was before the last change; a running chat answers from that at once."""
    begin(verbose)

    def run() -> None:
        generation = Index.open(index, create=True).rollback(wait=WAIT)
        card = generation.card
        if as_json:
            fields = {"generation": generation.number, "articles": card.articles, "chunks": card.chunks}
            print_json({**fields, "built": card.built})
            return
        days = [article.published for article in generation.articles()]
        dated = sorted(day for day in days if day)
        held = holds(
            card.articles,
            card.chunks,
            since=dated[0] if dated else None,
            until=dated[-1] if dated else None,
            undated=len(days) - len(dated),
        )
        built = datetime.fromisoformat(card.built).astimezone()
        typer.echo(f"Back to what was built {built:%Y-%m-%d %H:%M}. {held}")
        typer.echo("The next  dateline ingest  brings it up to date with its sources again.", err=True)

    guarded(run)


def _with_bar(once: "partial[Changes]", *, rebuild: bool) -> Changes:
    with ExitStack() as stack:
        return once(rebuild=rebuild, progress=progress_bar(stack))


def _tell(changes: Changes, *, as_json: bool, verbose: bool) -> None:
    if as_json:
        print_json(changes.as_json())
    else:
        typer.echo(str(changes))
    for failure in changes.failed if as_json or verbose else ():
        typer.echo(f"not indexed: {failure.source}: {failure.reason}", err=True)
    if changes.failed:
        raise typer.Exit(1)


def _watch(places: Sequence[str], index: Path, once: "partial[Changes]", *, rebuild: bool, as_json: bool) -> None:
    """Run until interrupted, each run told in a line; what a person can mend does not end it."""
    first = True

    def run() -> bool:
        nonlocal first
        try:
            changes = _with_bar(once, rebuild=rebuild and first)
        except mendable() as error:
            if first and isinstance(error, SourceError):
                raise  # mistyped
            typer.echo(f"dateline: {reason(error)}; next try in {RETRY:.0f} s, or at a change", err=True)
            return False
        first = False
        if as_json:
            print_json(changes.as_json())
        for line in (changes.counts(), *changes.failures()):
            typer.echo(f"{datetime.now().astimezone():%H:%M:%S}  {line}", err=True)
        return True

    try:
        watch(places, index, run)
    except KeyboardInterrupt:
        typer.echo("stopped watching", err=True)


def _in_use(index: Path) -> int | None:
    try:
        return published(index)
    except IndexUnusableError:
        return None


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(ingest)
    app(prog_name="python -m ingest")
