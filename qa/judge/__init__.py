"""Passages and a written sentence → whether they bear it out, and by which words; whoever wrote it is not trusted.

From the bottom: `meanings` lists words, `amounts` reads numbers, `voice` tells who does what, `terms` makes of a
text what it says, `align` and `compare` lay two side by side, `judging` finds the quotes. Pure and quick.
"""

from qa.judge.judging import Judged, judge

__all__ = ["Judged", "judge"]
