"""A model's file is served in this process, to this process alone."""

import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from langchain_openai import ChatOpenAI

from qa.chat_model import ChatModelError, open_chat_model, public_name
from qa.gguf import serve
from tests.language_model import weights


@pytest.mark.model
def test_it_is_for_this_process_alone() -> None:
    served = serve(weights())
    assert served.url.startswith("http://127.0.0.1:")
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{served.url}/models")
    chat_model = open_chat_model(f"gguf:{weights()}")
    assert isinstance(chat_model, ChatOpenAI)
    assert served.key not in repr(chat_model)


@pytest.mark.model
def test_a_file_is_loaded_once(tmp_path: Path) -> None:
    link = tmp_path / "other-name.gguf"
    link.symlink_to(weights())
    assert serve(link) == serve(weights())


@pytest.mark.parametrize(
    ("content", "cure"),
    [
        (None, "No such file or directory"),
        (b"", "it is no GGUF file"),
        (b"PK\x03\x04", "it is no GGUF file"),
        (b"GGUF", "llama.cpp cannot load it"),
        (b"GGUF\x03\0\0\0" + bytes(64), "llama.cpp cannot load it"),
    ],
)
def test_what_is_no_model_is_refused(content: bytes | None, cure: str, tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ChatModelError, match=cure):
        open_chat_model(f"gguf:{file}")


def test_a_folder_and_an_address_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ChatModelError, match="Is a directory"):
        open_chat_model(f"gguf:{tmp_path}")
    with pytest.raises(ChatModelError, match="leave --model-url out"):
        open_chat_model(f"gguf:{weights()}", url="http://127.0.0.1:8080")


def test_without_the_package_its_command_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)  # makes its import fail
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF")
    with pytest.raises(ChatModelError, match=r'pip install "dateline-qa\[gguf\]"'):
        open_chat_model(f"gguf:{file}")


def test_where_the_file_lies_is_not_shown() -> None:
    assert public_name("gguf:~/secret client/model-q4.gguf") == "gguf:model-q4.gguf"
    assert public_name("openai:org/model") == "openai:org/model"


@pytest.mark.model
def test_the_process_ends_quietly() -> None:
    code = f"from qa.chat_model import open_chat_model as o; print(o('gguf:{weights()}').invoke('Say yes.').text)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0
    assert run.stdout.strip()
    assert run.stderr == ""
