"""One server for each set of articles, one browser for all tests, one visitor for each."""

import contextlib
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, expect

from tests.web.browser import ROOT, Site, Visit, chromium, indexed, serving, visiting

# Nothing here is about time, and the machine may be busy.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(indexed(ROOT / "corpus", tmp_path_factory.mktemp("site") / "index")) as site:
        yield site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def visit_of(browser: Browser) -> Iterator[Callable[[str], Visit]]:
    with contextlib.ExitStack() as visits:
        yield lambda address: visits.enter_context(visiting(browser, address))


@pytest.fixture
def visit(visit_of: Callable[[str], Visit], site: Site) -> Iterator[Visit]:
    """Visit the sample articles; whatever is done there, the browser has nothing to complain about."""
    visit = visit_of(site.address)
    yield visit
    assert visit.errors() == []
    assert visit.foreign() == []
