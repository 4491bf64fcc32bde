"""`python -m tests.web.screenshot`: the picture of the page in the README."""

import tempfile
from pathlib import Path

from tests.web.browser import ROOT, chromium, indexed, serving, visiting

PICTURE = Path(__file__).with_name("chat-page.png")


def take(picture: Path) -> None:
    """Ask the Cortana question on the sample articles and picture the page."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(indexed(ROOT / "corpus", Path(folder) / "index")) as site,
        chromium() as browser,
        visiting(browser, site.address) as visit,
    ):
        visit.ask("What does the Cortana integration involve?")
        visit.page.screenshot(path=picture, animations="disabled")


if __name__ == "__main__":
    take(PICTURE)
