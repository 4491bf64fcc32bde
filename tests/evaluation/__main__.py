"""`make eval`: index every question set's articles, ask its questions, print the tables; `--json` for programs."""

import argparse
import json
import os
import shlex
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from ingest import Embedder, Index, reindex
from ingest.terminal import progress_bar
from qa import Assistant
from qa.evaluate import evaluate, read_questions
from qa.measures import Table
from tests.evaluation.report import differences, replaced, summary
from tests.evaluation.sets import NAMES, QuestionSet, question_sets


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table for each set; the quotes that answer need no language model."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of public question sets")
    parser.add_argument("--set", nargs="+", choices=NAMES, default=[], metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--work", type=Path, help="a folder to keep the indexes in for the next time")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--before", type=Path, metavar="FILE", help="what --json printed once: show what changed")
    parser.add_argument("--readme", type=Path, metavar="FILE", help="put a short table into this file")
    options = parser.parse_args(arguments)
    os.environ["HF_HUB_OFFLINE"] = "1"
    tables: dict[str, Table] = {}
    with tempfile.TemporaryDirectory() as temporary:
        try:
            before = json.loads(options.before.read_text("utf-8")) if options.before else {}
            if options.readme:
                replaced(options.readme.read_text("utf-8"), "")  # before all the work: there is a place for the table
            for name, table in _measured(options.data, options.work or Path(temporary), options.set):
                tables[name] = table
                if not options.json:
                    sys.stdout.write(f"\n### {name}\n\n{table}\n")
                    sys.stdout.flush()
        except (OSError, ValueError) as error:
            parser.error(str(error))
    found = {name: table.as_json() for name, table in tables.items()}
    if options.json:
        sys.stdout.write(f"{json.dumps(found)}\n")
    elif options.before:
        sys.stdout.write("\n### Changed\n\n" + "".join(f"- {line}\n" for line in differences(before, found)))
    if options.readme:
        command = shlex.join(["python", "-m", "tests.evaluation", *(["--set", *options.set] if options.set else [])])
        block = summary(tables, command=command, day=date.today())
        options.readme.write_text(replaced(options.readme.read_text("utf-8"), block), "utf-8")


def _measured(data: Path, work: Path, names: Sequence[str]) -> Iterator[tuple[str, Table]]:
    embedder = Embedder.load()
    for chosen in question_sets(data, work, names):
        yield (
            chosen.name,
            _measure(chosen, Index.open(work / f"index-{chosen.archive}", create=True, embedder=embedder)),
        )


def _measure(chosen: QuestionSet, index: Index) -> Table:
    with ExitStack() as stack:
        sys.stderr.write(f"{chosen.name}: indexing {chosen.articles}\n")
        reindex(chosen.articles, index, progress=progress_bar(stack))
    questions = read_questions(chosen.questions)
    with ExitStack() as stack:
        sys.stderr.write(f"{chosen.name}: asking {len(questions):,} questions\n")
        return evaluate(Assistant(index), questions, progress=progress_bar(stack))


if __name__ == "__main__":
    main()
