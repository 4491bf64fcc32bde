"""`python -m ingest`, the same command as `dateline ingest`."""

from contextlib import ExitStack
from typing import Annotated

import typer

from ingest.index import Index
from ingest.reindex import reindex
from ingest.terminal import HERE, AsJson, IndexFolder, Verbose, begin, guarded, print_json, progress_bar


def ingest(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Folders and files of articles.  [default: corpus]")
    ] = None,
    index: IndexFolder = HERE,
    keep_missing: Annotated[
        bool, typer.Option("--keep-missing", help="Keep articles whose file is gone from a given folder.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Start anew, as after a change of the embedder.")
    ] = False,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Bring the index up to date with the articles; a running chat answers from them at once."""
    begin(verbose)

    def run() -> None:
        with ExitStack() as stack:
            progress = progress_bar(stack)
            opened = Index.open(index, create=True)
            changes = reindex(
                sources or ["corpus"], opened, keep_missing=keep_missing, rebuild=rebuild, progress=progress
            )
        if as_json:
            print_json(changes.as_json())
        else:
            typer.echo(str(changes))
        for failure in changes.failed:
            typer.echo(f"not indexed: {failure.source}: {failure.reason}", err=True)
        if changes.failed:
            raise typer.Exit(1)

    guarded(run)


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(ingest)
    app(prog_name="python -m ingest")
