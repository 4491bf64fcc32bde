"""Versions of packages that have known holes. A table, not a look-up: nothing is asked on the network.

A hole that every version has is in SECURITY.md, with the reason why it cannot be reached here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from packaging.version import Version


@dataclass(frozen=True, slots=True)
class Advisory:
    """Holes by their ids, and from which version on a package is without them."""

    package: str
    safe: str
    ids: tuple[str, ...]


ADVISORIES = (
    Advisory("gradio", "5.6", ("CVE-2024-47084", "CVE-2024-47167", "CVE-2024-47872", "CVE-2025-23042")),
    Advisory("gradio", "6.7", ("CVE-2026-27167", "CVE-2026-28414", "CVE-2026-28415", "CVE-2026-28416")),
    Advisory("gradio", "6.20", ("CVE-2026-49119", "CVE-2026-59806")),
    Advisory("gradio", "6.31", ("CVE-2026-111497",)),
    Advisory("brotli", "1.2.1", ("CVE-2026-111497",)),
    Advisory("langchain-core", "1.2.5", ("CVE-2025-68664",)),
    Advisory("langchain-text-splitters", "0.3.9", ("CVE-2025-6985",)),
    Advisory("langchain-text-splitters", "1.1.2", ("PYSEC-2026-77",)),
)


def known_holes(installed: Mapping[str, str]) -> dict[str, Advisory]:
    """For each package with holes, given the versions that are installed: all their ids, and the version to have."""
    found: dict[str, Advisory] = {}
    for advisory in ADVISORIES:
        package = advisory.package
        if package in installed and Version(installed[package]) < Version(advisory.safe):
            before = found[package].ids if package in found else ()
            found[package] = Advisory(package, advisory.safe, (*before, *advisory.ids))
    return found
