"""The command line: options and environment → objects → text. The only composition root."""

import json
import logging
import sys
from contextlib import ExitStack
from dataclasses import asdict
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.__main__ import ingest, rollback
from ingest.terminal import HERE, AsJson, IndexFolder, Verbose, begin, fail, guarded, print_json, progress_bar
from qa.listing import articles, show

if TYPE_CHECKING:
    from qa.assistant import Assistant

app = typer.Typer(
    name="dateline",
    help="Ask your news archive a question; get an answer in the articles' own words, with quotes you can check.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Model = Annotated[
    str | None,
    typer.Option(envvar="DATELINE_MODEL", metavar="PROVIDER:MODEL", help="Chat model that writes; none: quotes."),
]
ModelUrl = Annotated[
    str | None,
    typer.Option(envvar="DATELINE_MODEL_URL", help="Address of a server of one's own for --model."),
]
RerankerName = Annotated[
    str | None,
    typer.Option("--reranker", metavar="NAME", help="Cross-encoder that orders passages anew: a folder or a name."),
]
Day = Annotated[str | None, typer.Option(metavar="DATE", help="Published on or after / before, as 2018-02-23.")]
SourceNames = Annotated[list[str] | None, typer.Option("--source", help="Name of an outlet; may be repeated.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port of the chat page.")]
Passages = Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages to find.")]


app.command()(ingest)
app.command()(rollback)
app.command()(articles)
app.command()(show)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    index: IndexFolder = HERE,
    k: Passages = 8,
    since: Day = None,
    until: Day = None,
    source: SourceNames = None,
    history: Annotated[
        Path | None, typer.Option(metavar="FILE", help='Turns before: a JSON list of {"question", "answer"}.')
    ] = None,
    asked: Annotated[
        str | None, typer.Option(metavar="DATE", help='The day that "last week" counts from; default: today.')
    ] = None,
    any_time: Annotated[
        bool, typer.Option("--any-time", help="Take times in the question for words, not for a filter.")
    ] = False,
    model: Model = None,
    model_url: ModelUrl = None,
    reranker: RerankerName = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Answer a question from the articles, with numbered citations."""
    begin(verbose)

    def run() -> None:
        from qa.answer import turns_from_json

        turns = turns_from_json(json.loads(history.read_text("utf-8"))) if history else ()
        answer = _assistant(index, model, model_url, reranker).ask(
            question,
            turns,
            k=k,
            since=_day(since, "--since"),
            until=_day(until, "--until"),
            sources=source or (),
            asked=_day(asked, "--asked"),
            any_time=any_time,
        )
        if as_json:
            print_json(answer.as_json())
        else:
            typer.echo(answer.marked(lambda words: typer.style(words, bold=True)))  # plain where it is no terminal

    guarded(run)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    index: IndexFolder = HERE,
    k: Passages = 8,
    since: Day = None,
    until: Day = None,
    source: SourceNames = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Show the passages nearest to a query, with their scores and why they were found."""
    begin(verbose)

    def run() -> None:
        from qa.answer import passage_as_json

        passages = _assistant(index).search(
            query, k=k, since=_day(since, "--since"), until=_day(until, "--until"), sources=source or ()
        )
        if as_json:
            print_json({"query": query, "passages": [passage_as_json(passage) for passage in passages]})
            return
        for number, passage in enumerate(passages, 1):
            chunk = passage.chunk
            found = ", ".join(f"{name} {rank}" for name, rank in passage.ranks.items() if rank)
            typer.echo(f"{number}. {chunk.title}  ({chunk.article_id}:{chunk.start}-{chunk.end})")
            typer.echo(f"   score {passage.score:.3f}; rank by {found}\n   {' '.join(chunk.text.split())}\n")

    guarded(run)


@app.command()
def chat(
    index: IndexFolder = HERE,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Port = 7860,
    model: Model = None,
    model_url: ModelUrl = None,
    reranker: RerankerName = None,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Listen beyond this machine without passwords.")
    ] = False,
    allow_upload: Annotated[
        bool, typer.Option("--allow-upload", help="Let visitors of the page add articles.")
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Open the chat page."""
    begin(verbose)
    logging.getLogger("qa").setLevel(logging.INFO)

    def run() -> None:
        if host not in ("127.0.0.1", "localhost", "::1") and not insecure:
            fail(
                f"{host} can be reached by others and the page has no passwords yet: add  --insecure  if you mean it"
            )
        assistant = _assistant(index, model, model_url, reranker)
        from qa.web.server import serve

        _ = assistant.index.embedder  # loaded before the first question, not during it
        serve(assistant, host=host, port=port, open_browser=sys.stdout.isatty(), allow_upload=allow_upload)

    guarded(run)


@app.command(name="eval")
def evaluate(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="A question set.")],
    index: IndexFolder = HERE,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Passages that count for evidence@k.")] = 5,
    model: Model = None,
    model_url: ModelUrl = None,
    reranker: RerankerName = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Measure how well a question set is answered: evidence, answers, citations, refusals, time."""
    begin(verbose)

    def run() -> None:
        from qa.evaluate import evaluate as measure
        from qa.evaluate import read_questions

        questions = read_questions(file)
        with ExitStack() as stack:
            progress = progress_bar(stack)
            table = measure(_assistant(index, model, model_url, reranker), questions, k=k, progress=progress)
        if as_json:
            print_json(table.as_json())
        else:
            typer.echo(str(table))

    guarded(run)


@app.command()
def doctor(
    index: IndexFolder = HERE,
    port: Port = 7860,
    model: Model = None,
    model_url: ModelUrl = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Say what is wrong, and the command that mends it; changes nothing. Exit code 1 when there is a problem."""
    begin(verbose)

    def run() -> None:
        from qa.doctor import examine

        found = []
        for finding in examine(index, port=port, model=model, model_url=model_url):
            found.append(finding)
            if not as_json:
                typer.echo(str(finding))
        well = all(finding.state != "problem" for finding in found)
        if as_json:
            print_json({"ok": well, "findings": [asdict(finding) for finding in found]})
        raise typer.Exit(0 if well else 1)

    guarded(run)


@app.callback(invoke_without_command=True)
def _options(
    show_version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if show_version:
        typer.echo(version("dateline-qa"))
        raise typer.Exit


def main() -> None:
    """The console script."""
    app()


def _assistant(
    index: Path, model: str | None = None, model_url: str | None = None, reranker: str | None = None
) -> "Assistant":
    from ingest.index import Index
    from qa.assistant import Assistant

    chat_model = cross_encoder = None
    if reranker:
        from qa.rerank import Reranker

        cross_encoder = Reranker.load(reranker)
    if model:
        from qa.chat_model import open_chat_model, public_name

        chat_model, model = open_chat_model(model, url=model_url), public_name(model)
    elif model_url:
        fail("--model-url needs --model: say for example  --model openai:NAME")
    return Assistant(Index.open(index), chat_model=chat_model, model_name=model, reranker=cross_encoder)


def _day(text: str | None, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{option} {text} is not a date: write it as 2018-02-23") from None
