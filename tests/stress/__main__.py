"""`make stress`: the runs of `tests.stress.runs`, and a table of what was seen."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.stress.runs import Stress


def main() -> int:
    """Run it, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--races", type=int, default=50, help="how often two runs are started at once")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        stress = Stress(Path(folder), seed=options.seed, say=_say)
        stress.run(kills=options.kills, races=options.races)
    rows = {"kills": options.kills, "races of two": options.races, **stress.counts}
    sys.stdout.write("| what | how often |\n| --- | --- |\n")
    sys.stdout.write("".join(f"| {name} | {count:,} |\n" for name, count in rows.items()))
    for fault in stress.faults:
        sys.stdout.write(f"FAULT: {fault}\n")
    return 1 if stress.faults else 0


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
