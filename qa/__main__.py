"""`python -m qa` is `dateline`."""

from qa.cli import main

main()
