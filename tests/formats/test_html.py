"""Pages become articles: the body without what stands round it, and what a page says of itself."""

import io
import subprocess
import sys
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.formats.extracted import FIELDS
from ingest.formats.html import decode_page, extract, extract_page
from ingest.text import UnreadableError
from tests.conftest import ROOT

FIRST = (
    "The harbour of the old town will stay closed until the end of March, the port authority said on Monday, because "
    "the sea wall that was damaged in the January storm has not been repaired."
)
SECOND = (
    "Fishing boats have been moved to the neighbouring port, where forty of them now share twelve berths, and the "
    "ferry company has cancelled all crossings in the early morning."
)
THIRD = (
    "Repairs will cost about nine million euros, said the head of the building office, who expects that the first "
    "stones can be laid in the second week of April, when the tides are lower."
)
PROSE = (FIRST, SECOND, THIRD)


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def page(body: str, head: str = "<title>Harbour stays closed</title>") -> str:
    return f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'


def article(inside: str = "", *, head: str = "<title>Harbour stays closed</title>") -> str:
    return page(
        f"<article><h1>Harbour stays closed</h1>{paragraphs(FIRST)}{inside}{paragraphs(SECOND, THIRD)}</article>",
        head,
    )


def text_of(markup: str | bytes) -> str:
    return extract_page(markup).text


def field_of(name: str, *, head: str = "", inside: str = "", address: str = "") -> object:
    return extract_page(article(inside, head=f"<title>Harbour stays closed</title>{head}"), address=address).fields[
        name
    ]


def test_a_file_is_one_article_with_all_fields() -> None:
    (found,) = extract(io.BytesIO(article().encode()))
    assert found.text == "\n\n".join(PROSE)
    assert found.key == ""
    assert set(found.fields) <= set(FIELDS)


@pytest.mark.parametrize(
    "beside",
    [
        "<nav><ul><li><a href='/'>Home</a></li><li><a href='/sport'>Sport pages of the day</a></li></ul></nav>",
        "<script>var harbour = 'the harbour of the old town';</script>",
        "<style>p { color: red }</style>",
        "<aside><p>The weather in the old town will be fine on all days of this week.</p></aside>",
        "<figure><img src='a.jpg'><figcaption>The damaged sea wall in January. Photo: A Agency</figcaption></figure>",
        "<div class='related-articles'><p>Storm in January: all that is known about the damage.</p></div>",
        "<div class='newsletter'><p>All of the news from the harbour in your letter box every morning.</p></div>",
        "<div class='social share-bar'><p>Send this to all of your friends on the networks.</p></div>",
        "<p><a href='/storm'>Storm in January: all that is known about the damage</a></p>",
        "<ul><li><a href='/a'>Ferries stay away</a></li><li><a href='/b'>Fish gets dear</a></li></ul>",
        "<p>Read more: <a href='/a'>Ferries stay away from the town</a></p>",
        "<p>Sign up for our newsletter and get the news every morning.</p>",
        "<p>Advertisement</p>",
        "<p style='display: none'>The harbour of the old town is not shown here.</p>",
        "<p hidden>The harbour of the old town is not shown here.</p>",
        "<span class='sr-only'>opens in a new window</span>",
        "<form><button>Send the form to the harbour</button></form>",
        "<div class='read-more-box'><p>The storm in January: all that is known about the damage so far.</p></div>",
        "<div class='cookie-consent'><p>We and our partners store cookies on your device.</p></div>",
    ],
)
def test_what_is_beside_the_article_is_left_out(beside: str) -> None:
    assert text_of(article(beside)) == "\n\n".join(PROSE)


@pytest.mark.parametrize(
    ("inside", "block"),
    [
        ("<h2>What the repairs cost</h2>", "What the repairs cost"),
        ("<ul><li>forty boats moved to the port</li></ul>", "forty boats moved to the port"),
        (
            "<blockquote><p>We have waited for this since the storm.</p></blockquote>",
            "We have waited for this since the storm.",
        ),
        (
            "<p>Fish &amp; chips cost &pound;5&nbsp;more &#8211; &ldquo;too much&rdquo;, he said.</p>",
            "Fish & chips cost £5 more – “too much”, he said.",
        ),
        (
            "<p>The <b>sea</b> <i>wall</i> is <a href='/w'>old</a>, he<sup>1</sup> said.</p>",
            "The sea wall is old, he1 said.",
        ),
        ("<p>The sea\n   wall\tis old, said\n the mayor.</p>", "The sea wall is old, said the mayor."),
        ("<p>One line of it<br>and the next line.</p>", "One line of it\nand the next line."),
        (
            "<table><tr><th>Port</th><th>Boats</th></tr><tr><td>Old town</td><td>1,200</td></tr></table>",
            "Port; Boats\n\nOld town; 1,200",
        ),
        ("<p>The sign said &lt;b&gt;closed&lt;/b&gt; to all.</p>", "The sign said <b>closed</b> to all."),
        (
            "<p>“This will take years,” the mayor wrote on Twitter.</p>",
            "“This will take years,” the mayor wrote on Twitter.",
        ),
        ("<p>Updated figures show a rise of three percent.</p>", "Updated figures show a rise of three percent."),
    ],
)
def test_what_belongs_to_it_stays(inside: str, block: str) -> None:
    assert text_of(article(inside)) == "\n\n".join((FIRST, block, SECOND, THIRD))


def test_two_line_breaks_part_paragraphs() -> None:
    assert text_of(page(f"<div>{'<br><br>'.join(PROSE)}</div>")) == "\n\n".join(PROSE)


def test_an_article_that_advertisements_cut_in_pieces_is_whole() -> None:
    words = " ".join(PROSE).split()
    numbered = [f"{' '.join(Random(number).sample(words, 40))}." for number in range(12)]
    parts = [
        f"<div class='row'><div class='article-body'>{paragraphs(*numbered[at : at + 3])}</div></div>"
        for at in range(0, 12, 3)
    ]
    advertisement = "<div class='row'><div class='ad'><iframe src='https://example.org'></iframe></div></div>"
    assert text_of(page(f"<article><h1>Title</h1>{advertisement.join(parts)}</article>")) == "\n\n".join(numbered)


def test_another_article_of_the_same_page_is_left_out() -> None:
    others = [f"{' '.join(reversed(text.split()))}." for text in PROSE]
    articles = (
        f"<article><div class='article-body'>{paragraphs(*texts)}</div></article>" for texts in (PROSE, others)
    )
    assert text_of(page("".join(articles))) == "\n\n".join(PROSE)


def test_what_is_no_article_does_not_hide_one() -> None:
    menu = "".join(f"<p><a href='/{number}'>Office of the town, room {number}</a></p>" for number in range(200))
    assert text_of(page(f"<article>{menu}</article><span>One sentence.</span>")) == "One sentence."


def test_a_short_article_below_a_long_menu_is_found() -> None:
    menu = "".join(f"<div><a href='/{number}'>Office of the town, room {number}</a></div>" for number in range(200))
    assert text_of(page(f"<div>{menu}</div><p>{FIRST}</p>")) == FIRST


def test_what_a_writer_says_of_herself_at_the_end_is_left_out() -> None:
    farewells = ("A. Writer covers the ports of the coast. Follow her on Twitter.", "She can be reached at 555 1234.")
    assert text_of(page(f"<article>{paragraphs(*PROSE, *farewells)}</article>")) == "\n\n".join(PROSE)


def test_an_article_may_stand_in_an_element_with_a_name_of_something_else() -> None:
    assert text_of(page(f"<div class='related'>{paragraphs(*PROSE)}</div>")) == "\n\n".join(PROSE)


def test_a_page_saved_with_its_cookie_dialog_open_is_read() -> None:
    dialog = "<div class='cookie-consent'><p>We and our partners store cookies on your device.</p></div>"
    assert text_of(page(f"<main aria-hidden='true'>{paragraphs(*PROSE)}</main>{dialog}")) == "\n\n".join(PROSE)


def test_the_title_is_not_repeated_in_the_text() -> None:
    markup = page(
        f"<main><p class='t'>Harbour stays closed</p><h2>Nine million euros</h2>{paragraphs(*PROSE)}</main>"
    )
    assert text_of(markup) == "\n\n".join(PROSE)


@pytest.mark.parametrize("body", ["<h1>News</h1><p>One sentence.</p>", "<p>One sentence.</p>", "One sentence."])
def test_a_short_page_is_read(body: str) -> None:
    assert text_of(page(body)).endswith("One sentence.")


def test_a_page_of_scripts_is_read_by_what_it_says_to_machines() -> None:
    data = f'{{"@type": "NewsArticle", "headline": "Harbour stays closed", "articleBody": "{FIRST}\\n\\n{SECOND}"}}'
    head = f'<title>Harbour stays closed</title><script type="application/ld+json">{data}</script>'
    assert text_of(page("<div id='app'></div>", head)) == f"{FIRST}\n\n{SECOND}"
    another = head.replace("<title>Harbour stays closed</title>", "<title>Fish gets dear in spring</title>")
    with pytest.raises(UnreadableError):
        text_of(page("<div id='app'></div>", another))


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("", "there is no HTML in it"),
        ("   \n", "there is no HTML in it"),
        ("<!-- nothing -->", "there is no HTML in it"),
        ("<html><body></body></html>", "there is no article in it"),
        (page("<script>show()</script>", ""), "its text is put there by scripts: save the page from a browser"),
        ("<html><frameset><frame src='a.html'></frameset></html>", "it only frames other pages"),
        (page("<p>Please sign in to read on.</p><form><input type='password'></form>"), "it asks to log in"),
        (page("<p>Please enable JavaScript to see this page of ours.</p>"), "it says why there is no article"),
        (page("<p>Access denied. Are you a robot?</p>"), "it says why there is no article"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a text file"),
    ],
)
def test_a_page_without_an_article(markup: str | bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        extract_page(markup)


OUTLET = "<meta property='og:site_name' content='The Old Town Post'>"


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        (
            "<title>Harbour stays closed - The Old Town Post</title>" + OUTLET,
            "Harbour stays closed",
            "Harbour stays closed",
        ),
        ("<title>Harbour stays closed - The Old Town Post</title>" + OUTLET, "", "Harbour stays closed"),
        ("<title>The Old Town Post | Harbour stays closed</title>" + OUTLET, "", "Harbour stays closed"),
        (
            "<title>Harbour stays closed | The Old Town Post</title>" + OUTLET,
            "The Old Town Post",
            "Harbour stays closed",
        ),
        (
            "<title>Harbour stays closed – Post</title><link rel=canonical href='http://www.post.org/a'>",
            "",
            "Harbour stays closed",
        ),
        ("<title>Harbour - the story of a port</title>", "", "Harbour - the story of a port"),
        ("<title>News</title><meta property='og:title' content='Harbour stays closed'>", "", "Harbour stays closed"),
        (
            "<title>Old town harbour to stay closed</title>",
            "“We have no choice”: a harbour, closed, has to wait",
            "Old town harbour to stay closed",
        ),
        ("<title>Fish &amp;amp; chips &#8211; dear</title>", "", "Fish & chips – dear"),
        ("<title>The Old Town Post</title>" + OUTLET, "Harbour stays closed", "Harbour stays closed"),
        ("<title>The Old Town Post</title>" + OUTLET, "", "The Old Town Post"),
        ("", "Harbour stays closed", "Harbour stays closed"),
        ("", "", ""),
    ],
)
def test_the_title(head: str, heading: str, title: str) -> None:
    markup = page(f"<article><h1>{heading}</h1>{paragraphs(*PROSE)}</article>", head)
    assert extract_page(markup).fields["title"] == title


POSTING = '{"@type": ["BlogPosting"], "name": "Harbour stays closed", "datePublished": "2018-02-23"}'


def linked(data: str) -> str:
    return f'<script type="application/ld+json">{data}</script>'


@pytest.mark.parametrize(
    ("head", "inside", "published"),
    [
        ("<meta property='article:published_time' content='2018-02-23T08:00:00+01:00'>", "", date(2018, 2, 23)),
        ("<meta itemprop='datePublished' content='2018-02-23'>", "", date(2018, 2, 23)),
        ("<meta name='DC.date.issued' content='23 February 2018'>", "", date(2018, 2, 23)),
        ("<meta property='article:modified_time' content='2018-02-23'>", "", None),
        (linked(POSTING), "", date(2018, 2, 23)),
        (
            linked(POSTING.replace("name", "headline").replace('["BlogPosting"]', '"NewsArticle"')),
            "",
            date(2018, 2, 23),
        ),
        (linked(f'{{"@graph": [{POSTING}]}}'), "", date(2018, 2, 23)),
        (linked(POSTING.replace("Harbour stays closed", "Fish gets dear in spring")), "", None),
        (linked(POSTING.replace("BlogPosting", "Organization")), "", None),
        (linked('{"@type": "NewsArticle", "headline": '), "", None),
        (linked("[" * 100_000), "", None),
        ("", "<time datetime='2018-02-23T10:00:00Z'>yesterday</time>", date(2018, 2, 23)),
        ("", "<p class='byline'>By A. Writer | Updated: Feb. 23, 2018, 5 p.m.</p>", date(2018, 2, 23)),
        ("", "<div class='entryDate'>23.02.2018</div>", date(2018, 2, 23)),
        ("", "<p>Published on 23 February 2018</p>", date(2018, 2, 23)),
        ("", "<p>Published on 23 February 2018 by a house in London, the book was forgotten.</p>", None),
        ("", "<p>The wall was built on 23 February 2018, he said.</p>", None),
        ("", "<p>The wall was built on <time datetime='1918-02-23'>23 February 1918</time>, he said.</p>", None),
        ("", "<aside><p class='date'>23 February 2018</p></aside>", None),
        ("", "<p class='candidate'>23 February 2018</p>", None),
        ("", "<p class='date'>02/03/2018</p>", None),
        (
            "<meta name='date' content='2018-02-24T03:00:00Z'>",
            "<p class='date'>February 23, 2018</p>",
            date(2018, 2, 23),
        ),
        (
            "<meta name='date' content='2018-02-24T03:00:00Z'>",
            "<p class='date'>February 21, 2018</p>",
            date(2018, 2, 24),
        ),
        (
            "<meta name='date' content='2018-02-24T15:00:00Z'>",
            "<p class='date'>February 23, 2018</p>",
            date(2018, 2, 24),
        ),
    ],
)
def test_the_day(head: str, inside: str, published: date | None) -> None:
    assert field_of("published", head=head, inside=inside) == published


@pytest.mark.parametrize(
    ("head", "address", "source"),
    [
        (OUTLET, "https://www.post.example/a", "The Old Town Post"),
        ("<meta property='og:site_name' content='Post | News of the old town'>", "", "Post"),
        ("<meta property='og:site_name' content='https://www.post.example/'>", "", "post.example"),
        (
            linked('{"@type": "Article", "headline": "Harbour stays closed", "publisher": {"name": "Post"}}'),
            "",
            "Post",
        ),
        ("", "https://www.post.example/a", "post.example"),
        ("", "http://[", ""),
        ("", "", ""),
    ],
)
def test_the_outlet(head: str, address: str, source: str) -> None:
    assert field_of("source", head=head, address=address) == source


@pytest.mark.parametrize(
    ("head", "inside", "authors"),
    [
        ("<meta name='author' content='By A. Writer'>", "", ["A. Writer"]),
        ("<meta name='author' content='https://example.org/writer'>", "", []),
        (OUTLET + "<meta name='author' content='The Old Town Post'>", "", []),
        (
            linked('{"@type": "Article", "headline": "Harbour stays closed", "author": [{"name": "A"}, "B", 3]}'),
            "",
            ["A", "B"],
        ),
        ("", "<a rel='author' href='/a'>A. Writer</a>", ["A. Writer"]),
    ],
)
def test_the_authors(head: str, inside: str, authors: list[str]) -> None:
    assert field_of("author", head=head, inside=inside) == authors


@pytest.mark.parametrize(
    ("head", "address", "url"),
    [
        (
            "<link rel='canonical' href='https://post.example/a'>",
            "https://post.example/a?b",
            "https://post.example/a",
        ),
        ("<link rel='canonical' href='/a'>", "https://post.example/b/c", "https://post.example/a"),
        ("<link rel='canonical' href='https://post.example/'>", "https://post.example/a", "https://post.example/a"),
        ("<meta property='og:url' content='https://post.example/a'>", "", "https://post.example/a"),
        ("<link rel='canonical' href='javascript:alert(1)'>", "https://post.example/a", "https://post.example/a"),
        ("<link rel='canonical' href='http://['>", "", ""),
        ("", "", ""),
    ],
)
def test_the_address(head: str, address: str, url: str) -> None:
    assert field_of("url", head=head, address=address) == url


GREEK = "Το λιμάνι της παλιάς πόλης παραμένει κλειστό"
RUSSIAN = "Гавань старого города останется закрытой"
JAPANESE = "旧市街の港は三月末まで閉鎖されると港湾局が月曜日に発表した"
GERMAN = "Die Größe der Prämie – „viel zu groß“"


@pytest.mark.parametrize(
    ("words", "encoding", "declared"),
    [
        (GERMAN, "utf-8", "utf-8"),
        (GERMAN, "utf-8", ""),
        (GERMAN, "utf-8", "iso-8859-1"),
        (GERMAN, "utf-8-sig", ""),
        (GERMAN, "utf-16", ""),
        (GERMAN, "cp1252", "iso-8859-1"),
        (GERMAN, "cp1252", "utf-8"),
        (GERMAN, "cp1252", ""),
        (GERMAN, "cp1252", "nonsense"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (RUSSIAN, "cp1251", "windows-1251"),
        (GREEK, "iso8859-7", "ISO-8859-7"),
        (JAPANESE, "shift_jis", "Shift_JIS"),
        (JAPANESE, "euc-jp", "euc-jp"),
        (JAPANESE, "utf-8", "shift_jis"),
    ],
)
def test_encodings(words: str, encoding: str, declared: str) -> None:
    meta = f"<meta http-equiv='Content-Type' content='text/html; charset={declared}'>" if declared else ""
    markup = f"<html><head>{meta}<title>{words}</title></head><body>{paragraphs(FIRST)}</body></html>"
    assert words in decode_page(markup.encode(encoding))


def test_an_xml_declaration_names_the_encoding() -> None:
    markup = (
        f"<?xml version='1.0' encoding='koi8-r'?><html><body><h1>{RUSSIAN}</h1>{paragraphs(*PROSE)}</body></html>"
    )
    assert extract_page(markup.encode("koi8-r")).fields["title"] == RUSSIAN


@pytest.mark.parametrize("codec", ["utf-7", "unicode_escape", "rot13", "hex", "idna", "punycode", "undefined"])
def test_codecs_that_are_no_encodings_of_pages_are_not_used(codec: str) -> None:
    markup = f"<meta charset='{codec}'><p>Gr\xf6\xdfe +ADw-script+AD4- \\u003c</p>"
    assert "Größe +ADw-script+AD4- \\u003c" in decode_page(markup.encode("cp1252"))


def test_no_other_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of the harbour")
    doctype = f'<!DOCTYPE html [<!ENTITY secret SYSTEM "{secret.as_uri()}"><!ENTITY lol "lollollol">]>'
    markup = f"<?xml version='1.0'?>{doctype}<html><body><p>&secret; &lol;</p>{paragraphs(*PROSE)}</body></html>"
    assert "the secret" not in text_of(markup)
    assert "lollol" not in text_of(markup)


def test_a_page_may_be_nested_deeply() -> None:
    assert text_of(page("<div>" * 1_500 + paragraphs(*PROSE))) == "\n\n".join(PROSE)


@pytest.mark.parametrize("tag", ["div", "b", "a", "li", "table", "article", "frameset"])
def test_a_page_nested_beyond_all_reason_does_no_harm(tag: str) -> None:
    program = (
        "import sys\nfrom ingest.formats.html import extract_page\nfrom ingest.text import UnreadableError\n"
        "try:\n    extract_page('<html><body>' + f'<{sys.argv[1]}>' * 200_000 + 'Words.')\n"
        "except UnreadableError:\n    pass\n"
    )
    subprocess.run([sys.executable, "-c", program, tag], cwd=ROOT, check=True, timeout=300)


def test_a_page_of_very_many_elements_is_read() -> None:
    rows = "".join(f"<p>Paragraph {number} of the <b>report</b> on the harbour.</p>" for number in range(110_000))
    assert text_of(page(rows)).count("\n\n") == 109_999


def test_help_is_quick() -> None:
    program = (
        "import sys, ingest.formats.html; assert not {'trafilatura', 'dateparser', 'justext'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def told(markup: str | bytes) -> str:
    """The text of a page, or why there is none."""
    try:
        return extract_page(markup).text.strip()
    except UnreadableError as error:
        return str(error)


tags = st.sampled_from([
    "<p>", "</p>", "<p hidden>", "<div>", "<div class='share'>", "</div>", "<br>", "<table>", "<tr>", "<td>",
    "</table>", "<a href='x'>", "</a>", "<li>", "<h1>", "</h1>", "<script>", "</script>", "<!--", "-->", "<svg>",
    "</svg>", "<![CDATA[", "]]>", "<title>", "</title>", "<article>", "</article>", "&amp;", "&#0;", "&#xD800;", "\0",
    "<body>", "<frameset>", "</html>", "<meta name='date' content='", "<time datetime='", "'>", '"}',
    "<script type='application/ld+json'>", '{"@type": "Article", "name": "',
])  # fmt: skip


@given(
    st.lists(tags | st.text(max_size=20) | st.just("The harbour stays closed, he said. "), max_size=30).map("".join)
)
@example("<html><body><p>&#xD800;&#0;</p>")
@example("<tr><td>a</td><td>b</td></tr>")
def test_any_markup_is_an_article_or_none(markup: str) -> None:
    for form in (markup, markup.encode("utf-8", "surrogatepass")):
        assert told(form)


@given(st.binary(max_size=300))
def test_any_bytes_are_an_article_or_none(data: bytes) -> None:
    assert told(data)
