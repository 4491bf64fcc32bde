"""Mail: which part counts, what its headers tell, and pages in one file."""

import base64
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest

from ingest.article import Article
from ingest.read import Item, read
from ingest.text import UnreadableError
from tests.formats.samples import HTML, TEXT, TITLE, article, mail, read_all, saved_page


def test_a_newsletter(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(mail(text="Only the plain part.", Date="Fri, 23 Feb 2018 23:30:00 -0500"))
    (found,) = read(Item("a.eml", path, ""))
    assert found == Article(id="a.eml", title=TITLE, text=TEXT, source="The Desk", published=date(2018, 2, 23))


@pytest.mark.parametrize(
    ("text", "html", "expected"),
    [
        (TEXT, None, TEXT),
        (None, HTML, TEXT),
        ("The plain part.", "<html><body><img src='a.png'></body></html>", "The plain part."),
        ("The plain part.", "<html><body><p>Too short.</p></body></html>", "Too short."),
    ],
)
def test_the_part_that_counts(text: str | None, html: str | None, expected: str) -> None:
    assert article(".eml", mail(text, html)).text.strip() == expected


def test_attachments_are_left_out() -> None:
    message = EmailMessage()
    message["Subject"] = TITLE
    message.set_content(TEXT)
    message.add_attachment("Not this.", filename="a.txt")
    message.add_attachment(HTML.replace("bridge", "fish"), subtype="html", filename="a.html")
    assert article(".eml", message.as_bytes()).text.strip() == TEXT


def test_parts_in_parts() -> None:
    inner = EmailMessage()
    inner.set_content("The plain part.")
    inner.add_alternative(HTML, subtype="html")
    inner.make_mixed()
    inner.add_attachment(b"%PDF-", "application", "pdf", filename="a.pdf")
    outer = EmailMessage()
    outer["Subject"] = TITLE
    outer["Content-Type"] = "multipart/mixed"
    outer.attach(inner)
    assert article(".eml", outer.as_bytes()).text == TEXT


@pytest.mark.parametrize(
    ("charset", "encoding", "text"),
    [
        ("iso-8859-1", "cp1252", "Zoë paid £3 – “fine”."),
        ("windows-1251", "cp1251", "Москва, 23 февраля."),
        ("utf-8", "cp1252", "Zoë paid £3."),
        ("x-unknown", "utf-8", "Zoë paid £3."),
        ("hex", "utf-8", "Zoë paid £3."),
        ("us-ascii", "utf-8", "Zoë paid £3."),
    ],
)
@pytest.mark.parametrize("transfer", ["8bit", "base64"])
def test_encodings(charset: str, encoding: str, text: str, transfer: str) -> None:
    body = text.encode(encoding)
    body = base64.encodebytes(body) if transfer == "base64" else body
    head = f"Subject: A\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {transfer}\n\n"
    assert article(".eml", head.encode() + body).text.strip() == text


def test_quoted_printable_and_encoded_headers() -> None:
    data = (
        b"Subject: =?utf-8?B?QnLDvGNrZQ==?= =?iso-8859-1?Q?_f=FCr?=\n alle\n"
        b"From: =?utf-8?Q?D=C3=BC_Desk?= <a@b.org>\n"
        b"Content-Type: text/plain; charset=utf-8; format=flowed\nContent-Transfer-Encoding: quoted-printable\n\n"
        b"One =C3=A9 li=\nne that goes \non.\n\nTwo.\n"
    )
    found = article(".eml", data)
    assert found.text.strip() == "One é line that goes on.\n\nTwo."
    assert found.fields == {"title": "Brücke für alle", "source": "Dü Desk"}


@pytest.mark.parametrize(
    ("headers", "field", "value"),
    [
        ({"Subject": "Fwd: RE: A title"}, "title", "A title"),
        ({"From": "desk@example.org"}, "source", "example.org"),
        ({"From": "The Desk <>"}, "source", "The Desk"),
        ({"Date": "Fri, 23 Feb 2018 10:00:00 +0100"}, "published", "Fri, 23 Feb 2018 10:00:00 +0100"),
    ],
)
def test_headers(headers: dict[str, str], field: str, value: str) -> None:
    assert article(".eml", mail(html=None, **headers)).fields[field] == value


@pytest.mark.parametrize(
    "header",
    [
        b"From: ",
        b"From: @",
        b'From: "',
        b"From: a@b.org <",
        b"From: undisclosed:;",
        b"Date: never",
        b"Date: Fri, 99 Feb 9999999999 10:00:00",
        b"Subject: =?utf-8?Q?",
        b"Subject: =?x?Q?=FF?=",
        b"Subject: \xff\xfe",
        b"Content-Type: ;;;=",
        b"Content-Type: multipart/mixed",
        b"Content-Type: text/plain; charset*=x'y'%",
        b"Content-Disposition: =?;",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: x-uuencode",
    ],
)
def test_a_damaged_header_costs_no_more_than_what_it_says(header: bytes) -> None:
    try:
        found = article(".eml", header + b"\nX-A: b\n\nThe text is here.\n")
    except UnreadableError as reason:
        assert str(reason)  # noqa: PT017 - one of the two good ends
    else:
        assert "here" in found.text or b"base64" in header


def test_a_page_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mhtml"
    path.write_bytes(saved_page())
    (found,) = read(Item("a.mhtml", path, ""))
    assert isinstance(found, Article)
    assert (found.title, found.text) == (TITLE, TEXT)
    assert (found.url, found.published) == ("https://example.org/2018/02/23/bridge", date(2018, 2, 23))


def test_the_address_of_a_page_is_that_of_its_part() -> None:
    data = saved_page().replace(b"Snapshot-Content-Location: https://example.org/2018", b"X-A: b")
    assert article(".mht", data).fields["url"] == "https://example.org/2018/02/23/bridge"


@pytest.mark.parametrize(
    ("suffix", "data", "reason"),
    [
        (".eml", b"", "it is no mail"),
        (".eml", b"just some words\n", "it is no mail"),
        (".eml", b"Subject: A\nContent-Type: image/png\n\nabc", "there is neither text nor HTML in it"),
        (".mhtml", mail(html=None), "there is no page in it"),
        (".mht", b"", "it is no mail"),
        (".eml", mail(text=None, html="<html><body></body></html>"), "there is no article in it"),
    ],
)
def test_the_reason_why_a_mail_gives_no_article(suffix: str, data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        read_all(suffix, data)


def test_parts_in_parts_without_end() -> None:
    heads = (f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(2_000))
    with pytest.raises(UnreadableError):
        read_all(".eml", ("Subject: A\n" + "".join(heads)).encode())


def test_a_header_without_end_is_cut() -> None:
    found = article(".eml", mail(text=TEXT, html=None, Subject="A bridge opens " + "and opens " * 8_000))
    title = str(found.fields["title"])
    assert title.startswith("A bridge opens and opens")
    assert len(title) <= 4_000
    damaged = mail(text=TEXT, html=None).replace(
        b"Content-Transfer-Encoding: ", b"Content-Transfer-Encoding: " + b"<b>" * 20_000
    )
    assert b"<b><b>" in damaged
    assert "bridge" in article(".eml", damaged).text
