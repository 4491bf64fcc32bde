"""The command line as people and programs call it: real processes, and the commands in this one."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ingest import Index
from qa.cli import app

HEAVY = ("torch", "transformers", "sentence_transformers", "chromadb", "gradio", "langchain_core", "pydantic")
QUESTION = "What does the Cortana integration involve?"

# Names looked up and addresses connected to must be this machine's.
NO_NETWORK = """
import ipaddress, os, socket, sys
def forbidden(what):
    os.write(2, what.encode())
    os._exit(3)  # in any thread
def guarded(original):
    def connect(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not ipaddress.ip_address(address[0]).is_loopback:
            forbidden(f"connects to {address}")
        return original(self, address)
    return connect
socket.socket.connect = guarded(socket.socket.connect)
socket.socket.connect_ex = guarded(socket.socket.connect_ex)
look_up = socket.getaddrinfo
def getaddrinfo(host, *arguments, **options):
    if host not in (None, "localhost", "127.0.0.1", "::1"):
        forbidden(f"looks up {host}")
    return look_up(host, *arguments, **options)
socket.getaddrinfo = getaddrinfo
from qa.cli import app
index = ["--index", sys.argv[1]]
for arguments in (["ingest", *index, "corpus"], ["ask", *index, "--json", sys.argv[2]]):
    app(arguments, standalone_mode=False)
"""


def dateline(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_help_loads_nothing_heavy() -> None:
    code = f"import sys, qa.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_fresh_archive_is_answered_from_without_a_network(tmp_path: Path) -> None:
    command = [sys.executable, "-c", NO_NETWORK, str(tmp_path / "index"), QUESTION]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["citations"][0]["article_id"] == "2018-02-23-microsoft-xiaomi.md"
    assert "Mi AI speaker" in answer["citations"][0]["quote"]


def test_ask_in_text_and_json(corpus_index: Index) -> None:
    index = str(corpus_index.path)
    text = dateline("ask", "--index", index, QUESTION)
    assert text.exit_code == 0
    assert "[1] Microsoft and Xiaomi sign" in text.stdout
    answer = json.loads(dateline("ask", "--index", index, "--json", "-k", "3", QUESTION).stdout)
    assert len(answer["passages"]) == 3
    citation = answer["citations"][0]
    article = json.loads(dateline("show", "--index", index, "--json", citation["article_id"]).stdout)
    assert article["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_the_environment_may_name_the_model(
    corpus_index: Index, misbehaving_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_MODEL", "openai:echo")
    monkeypatch.setenv("DATELINE_MODEL_URL", f"{misbehaving_url}/echo/v1")
    answer = json.loads(dateline("ask", "--index", str(corpus_index.path), "--json", QUESTION).stdout)
    assert (answer["mode"], answer["model"]) == ("written", "openai:echo")


def test_ctrl_c_ends_the_work_at_a_model_that_is_silent(corpus_index: Index) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        model = ["--model", "openai:any", "--model-url", f"http://127.0.0.1:{listener.getsockname()[1]}"]
        command = [sys.executable, "-m", "qa", "ask", "--index", str(corpus_index.path), *model, QUESTION]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as asking:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(30)  # of the 60 seconds that a model may be silent
                assert connection.recv(65_536)
                asking.send_signal(signal.SIGINT)
                while connection.recv(65_536):
                    pass
            said, told = asking.communicate()
    assert (asking.returncode, said) == (130, "")
    assert "Traceback" not in told


def test_ask_with_filters_and_history(corpus_index: Index, tmp_path: Path) -> None:
    history = tmp_path / "history.json"
    history.write_text(
        json.dumps([{"question": "What did Broadcom offer for Qualcomm?", "answer": "$70 a share"}]), "utf-8"
    )
    options = ["--since", "2018-01-01", "--until", "2018-12-31", "--source", "Dateline Business Desk"]
    done = dateline(
        "ask", "--index", str(corpus_index.path), "--json", "--history", str(history), *options, "And who stopped it?"
    )
    answer = json.loads(done.stdout)
    assert answer["query"]["text"].startswith("What did Broadcom offer")
    assert answer["query"]["since"] == "2018-01-01"
    assert answer["query"]["sources"] == ["Dateline Business Desk"]
    assert {passage["source"] for passage in answer["passages"]} == {"Dateline Business Desk"}


def test_search_articles_and_show(corpus_index: Index) -> None:
    index = str(corpus_index.path)
    found = json.loads(dateline("search", "--index", index, "--json", "-k", "2", "Mi AI speaker").stdout)
    assert len(found["passages"]) == 2
    assert "rank by" in dateline("search", "--index", index, "Mi AI speaker").stdout
    listed = json.loads(dateline("articles", "--index", index, "--json").stdout)["articles"]
    assert len(listed) == len(corpus_index.articles())
    assert listed[0]["id"] in dateline("articles", "--index", index).stdout
    shown = dateline("show", "--index", index, "2018-02-23-microsoft-xiaomi.md").stdout
    assert shown.rstrip("\n") == corpus_index.article("2018-02-23-microsoft-xiaomi.md").text


@pytest.mark.parametrize(
    ("arguments", "cure"),
    [
        (["ask", "--index", "INDEX", ""], "empty"),
        (["ask", "--index", "nowhere", "x"], "dateline ingest --index nowhere"),
        (["articles", "--index", "nowhere"], "dateline ingest"),
        (["rollback", "--index", "nowhere"], "no index in nowhere"),
        (["show", "--index", "INDEX", "none.md"], "dateline articles"),
        (["ask", "--index", "INDEX", "--since", "yesterday", "x"], "2018-02-23"),
        (["ask", "--index", "INDEX", "--since", "2019-01-01", "--until", "2018-01-01", "x"], "before it begins"),
        (["ask", "--index", "INDEX", "--history", "none.json", "x"], "none.json"),
        (["ask", "--index", "INDEX", "--model", "nobody:model", "x"], "nobody"),
        (["ask", "--index", "INDEX", "--model-url", "http://127.0.0.1:1/v1", "x"], "--model"),
        (["chat", "--index", "INDEX", "--host", "0.0.0.0"], "--insecure"),
        (["eval", "--index", "INDEX", "none.jsonl"], "none.jsonl"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_costs_one_line_and_exit_code_2(corpus_index: Index, arguments: list[str], cure: str) -> None:
    index = str(corpus_index.path)
    done = dateline(*[index if argument == "INDEX" else argument for argument in arguments])
    assert done.exit_code == 2
    assert cure in done.stderr
    assert "Traceback" not in done.output
    assert done.stdout == ""
    assert not Path("nowhere").exists()


def test_eval_prints_a_table(corpus_index: Index, tmp_path: Path) -> None:
    rows = Path("tests/evaluation/questions.jsonl").read_text("utf-8").splitlines()
    file = tmp_path / "set.jsonl"
    file.write_text("\n".join(rows[:3] + rows[-1:]), "utf-8")
    assert "| kind" in dateline("eval", "--index", str(corpus_index.path), str(file)).stdout
    table = json.loads(dateline("eval", "--index", str(corpus_index.path), "--json", str(file)).stdout)
    assert table["kinds"]["all"]["questions"] == 4
    assert set(table["refusal"]) == {"precision", "recall"}


def test_version() -> None:
    assert dateline("--version").stdout.strip()


def test_verbose_tells_what_is_ours_and_no_addresses_of_others() -> None:
    code = (
        "import logging; from ingest.terminal import begin; begin(True); "
        "names = 'qa.x', 'ingest.x', 'httpx', 'openai'; "
        "print([logging.getLogger(name).isEnabledFor(logging.INFO) for name in names])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "[True, True, False, False]"
