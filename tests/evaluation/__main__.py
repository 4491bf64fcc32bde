"""`make eval`: index every question set's articles, ask its questions, print the tables; `--json` for programs."""

import argparse
import json
import os
import shlex
import sys
import tempfile
from collections.abc import Sequence
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
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, the tables on stderr")
    parser.add_argument("--before", type=Path, metavar="FILE", help="what --json printed once: show what changed")
    parser.add_argument("--readme", type=Path, metavar="FILE", help="put a short table into this file")
    options = parser.parse_args(arguments)
    os.environ["HF_HUB_OFFLINE"] = "1"
    told = sys.stderr if options.json else sys.stdout
    tables: dict[str, Table] = {}
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        try:  # before all the work
            before = json.loads(options.before.read_text("utf-8")) if options.before else {}
            if options.readme:
                replaced(options.readme.read_text("utf-8"), "")
            sets = list(question_sets(options.data, work, options.set))
        except (OSError, ValueError) as error:
            parser.error(str(error))
        embedder = Embedder.load()
        for chosen in sets:
            index = Index.open(work / f"index-{chosen.archive}", create=True, embedder=embedder)
            tables[chosen.name] = _measure(chosen, index)
            told.write(f"\n### {chosen.name}\n\n{tables[chosen.name]}\n")
            told.flush()
    found = {name: table.as_json() for name, table in tables.items()}
    if options.json:
        sys.stdout.write(f"{json.dumps(found)}\n")
    if options.before:
        told.write("\n### Changed\n\n" + "".join(f"- {line}\n" for line in differences(before, found)))
    if options.readme:
        command = shlex.join(["python", "-m", "tests.evaluation", *(["--set", *options.set] if options.set else [])])
        block = summary(tables, command=command, day=date.today())
        options.readme.write_text(replaced(options.readme.read_text("utf-8"), block), "utf-8")


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
