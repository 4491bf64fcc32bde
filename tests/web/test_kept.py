"""A conversation on its way to the browser and back."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from qa.web.commands import as_kept, from_kept
from qa.web.conversation import Conversation, Said
from tests.web.skeleton import Skeleton, an_answer

SAID = Said(
    an_answer("Said."), 7, ("And then?",), frozenset({1}), datetime(2019, 10, 26, 23, 59, tzinfo=UTC), judged=True
)


def test_when_it_was_asked_and_that_it_was_judged_come_back_with_an_answer() -> None:
    kept = json.loads(Skeleton(as_kept(Conversation((SAID,), id="dateline:1"))).text)
    assert kept["id"] == "dateline:1"
    [said] = from_kept(json.dumps(kept["answers"]))
    assert said == replace(SAID, following=(), new=frozenset())


def test_what_was_kept_without_that_comes_back_too() -> None:
    [said] = from_kept(json.dumps([SAID.answer.as_json()]))
    assert (said.answer, said.judged) == (SAID.answer, False)


@pytest.mark.parametrize("wrong", [{"asked": "yesterday"}, {"asked": "2019-10-26"}, {"judged": 7}, {"k": None}])
def test_what_is_damaged_does_not(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        from_kept(json.dumps([{**SAID.answer.as_json(), **wrong}]))
