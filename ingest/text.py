"""Text as it is indexed: bytes decoded, Unicode composed, nothing in it that cannot be seen."""

import re
import unicodedata

from charset_normalizer import from_bytes

_WESTERN = 0.2  # share of bytes beyond ASCII up to which a text is taken for Western
_LINE_END = re.compile(r"\r\n|[\r\x0b\x0c\u2028\u2029]")
_UNSEEN = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff"
_CONTROL = re.compile(f"[{_UNSEEN}\x80-\x9f]")
_CONTROL_FOR_CERTAIN = re.compile(f"[{_UNSEEN}]")  # between U+0080 and U+009F is what bytes of other encodings become
# UTF-8 that was taken for another encoding leaves two of its characters side by side, or one before a lost space.
_MAY_BE_MOJIBAKE = re.compile(r"[\x80-\x9f]|[^\x00-\x7f]{2}|[\xc2\xc3] ")
_ASCII = bytes(range(128))


class UnreadableError(ValueError):
    """Something that gives no article; the message is the reason, for the one who put it there."""


def decode(data: bytes) -> str:
    """UTF-8, or what the bytes look most like, cleaned. Raises UnreadableError."""
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableError("not a text file")
    try:
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        text = _guess(data)
    return clean(text)


def clean(text: str) -> str:
    """Unicode composed, mojibake mended, line ends as one newline, no control characters.

    Characters that turn the direction of text go too: they can make a quote read as what it is not. What is clean
    stays as it is.
    """
    while (cleaned := _cleaned(text)) != text:
        text = cleaned
    return cleaned


def one_line(text: str) -> str:
    """A text without line breaks or double spaces, cleaned."""
    return " ".join(clean(text).split())


def shown(text: str) -> str:
    """A file's name can be any bytes: what cannot be printed becomes a question mark."""
    return "".join(character if character.isprintable() else "?" for character in text)


def can_be_shown(name: str) -> bool:
    """Whether a name has only characters that can be seen, on one line."""
    return not _CONTROL.search(name) and "\n" not in name


def _cleaned(text: str) -> str:
    """One pass; what comes out of it may be mojibake of mojibake, or a letter and its accent that belong together."""
    if text.isascii():
        return _CONTROL.sub("", _LINE_END.sub("\n", text))
    text = unicodedata.normalize("NFC", _CONTROL_FOR_CERTAIN.sub("", _LINE_END.sub("\n", text)))
    if _MAY_BE_MOJIBAKE.search(text):
        text = _mended(text)
    return unicodedata.normalize("NFC", _CONTROL.sub("", text))


def _mended(text: str) -> str:
    """Text that was decoded as what it is not ("Ã¼"), as it was meant ("ü"); one that was not stays as it is."""
    from ftfy import TextFixerConfig, fix_encoding
    from ftfy.badness import is_bad

    if not is_bad(text):
        return text
    mending = TextFixerConfig(explain=False)
    return "\n".join(fix_encoding(line, mending) for line in text.split("\n"))


def _guess(data: bytes) -> str:
    """Bytes that are no UTF-8. With few beyond ASCII statistics go wrong, and a pound sign becomes an L."""
    if len(data.translate(None, _ASCII)) <= _WESTERN * len(data):
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            pass
    guess = from_bytes(data).best()
    if guess is None:
        raise UnreadableError("its encoding is not known: save it as UTF-8")
    return str(guess)
