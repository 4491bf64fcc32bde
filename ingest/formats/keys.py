"""Keys: what tells the articles of one file from each other."""

from ingest.text import one_line

_LONGEST = 500  # characters


class Keys:
    """The keys of one file's articles, none of them given twice.

    Of each only numbers are remembered: a file may have millions of rows.
    """

    def __init__(self) -> None:
        self._said: dict[int, int] = {}  # hashes of keys, each with that of what it was given to
        self._again: dict[int, set[int]] = {}  # the same of those that came again

    def give(self, name: str, content: object) -> str | None:
        """A key for an article: its name, with `~2` behind it where another article has that.

        None, no key, where an article of the same name said the same already.
        """
        name_hash, said = hash(name), hash(repr(content))
        if name_hash not in self._said:
            self._said[name_hash] = said
            return name
        again = self._again.setdefault(name_hash, set())
        if said == self._said[name_hash] or said in again:
            return None
        again.add(said)
        number = len(again) + 1
        while hash(key := f"{name}~{number}") in self._said:
            number += 1
        self._said[hash(key)] = said
        return key


def key_of(*names: object) -> str:
    """The first of some names that can be a key, on one line; empty where none can."""
    keys = (one_line(str(name)) for name in names if isinstance(name, (str, int)) and name != "")
    return next((key for key in keys if 0 < len(key) <= _LONGEST), "")
