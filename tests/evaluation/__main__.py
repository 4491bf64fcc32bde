"""`make eval`: index every question set's articles, ask its questions, print the tables; `--json` for programs."""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from ingest import Embedder, Index, reindex
from qa import Assistant
from qa.evaluate import evaluate, read_questions
from tests.evaluation.sets import question_sets


def main() -> None:
    """Print a table for each set; the quotes that answer need no language model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of public question sets")
    parser.add_argument("--only", help="the name of one set")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    embedder = Embedder.load()
    tables = {}
    with tempfile.TemporaryDirectory() as work:
        for chosen in question_sets(options.data, Path(work)):
            if options.only not in (None, chosen.name):
                continue
            index = Index.open(Path(work) / f"index-{chosen.articles.name}", create=True, embedder=embedder)
            reindex(chosen.articles, index)
            table = evaluate(Assistant(index), read_questions(chosen.questions))
            tables[chosen.name] = table.as_json()
            if not options.json:
                sys.stdout.write(f"\n### {chosen.name}\n\n{table}\n")
                sys.stdout.flush()
    if options.json:
        sys.stdout.write(json.dumps(tables) + "\n")


if __name__ == "__main__":
    main()
