"""Days are read in the forms that fields, names and addresses have them in, and never guessed."""

from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.dates import day, day_in_address, day_in_line, day_in_name

THAT = date(2018, 2, 23)


@pytest.mark.parametrize(
    "value",
    [
        date(2018, 2, 23),
        datetime(2018, 2, 23, 23, 59),
        datetime(2018, 2, 23, 23, 59, tzinfo=timezone(timedelta(hours=-8))),
        "2018-02-23",
        " 2018-2-23 ",
        "2018-02-23T23:30:00+02:00",
        "2018-02-23T23:30:00Z",
        "2018-02-23 23:30:00.123",
        "2018/02/23",
        "2018.02.23",
        "2018年2月23日",
        "20180223",
        "20180223T233000Z",
        "20180223233000",
        20180223,
        1519344000,
        1519344000.5,
        1519344000123,
        "1519344000",
        "1519344000123",
        "Fri, 23 Feb 2018 23:30:00 -0800",
        "Fri Feb 23 2018 23:30:00 GMT+0000 (UTC)",
        "Fri Feb 23 23:30:00 UTC 2018",
        "23 February 2018",
        "23rd of February 2018",
        "February 23, 2018",
        "Feb. 23, 2018",
        "Feb 23 2018",
        "Friday, Feb. 23rd, 2018 at 5:30 pm EST",
        "FEB 23 2018 1:00AM",
        "23-Feb-2018",
        "2018 Feb 23",
        "23. Februar 2018",
        "Freitag, 23. Februar 2018, 14:30 Uhr",
        "23 février 2018",
        "le 23 février 2018 à 14h30",
        "23 de febrero de 2018",
        "23 febbraio 2018",
        "23 de fevereiro de 2018",
        "23 februari 2018",
        "23 lutego 2018",
        "23 февраля 2018",
        "23.02.2018",
        "23.2.2018 14:30",
        "23/02/2018",
        "02/23/2018",
        "Fri 02/23/2018 10:00 AM",
        "23-02-2018",
    ],
)
def test_a_day(value: object) -> None:
    assert day(value) == THAT


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("3.4.2018", date(2018, 4, 3)),
        ("03/03/2018", date(2018, 3, 3)),
        ("1er mars 2018", date(2018, 3, 1)),
        ("3. März 2018", date(2018, 3, 3)),
        ("Sept. 3, 2018", date(2018, 9, 3)),
        ("31 décembre 2018", date(2018, 12, 31)),
        ("29 February 2016", date(2016, 2, 29)),
        ("1800-01-01", date(1800, 1, 1)),
    ],
)
def test_another_day(value: str, expected: date) -> None:
    assert day(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        " ",
        True,
        [2018, 2, 23],
        b"2018-02-23",
        "03/04/2018",
        "03-04-2018",
        "03/04/2018 10:00 AM",
        "Fri 03/04/2018",
        "23/02/18",
        "23 Feb 18",
        "2018",
        2018,
        "February 2018",
        "2018-02",
        "23 February",
        "Friday",
        "yesterday",
        "2 days ago",
        "in 2 days, 2030",
        "10:30",
        "2018-02-30",
        "30.02.2018",
        "November 31, 2019",
        "29 February 2018",
        "13/13/2018",
        "0000-00-00",
        "1799-12-31",
        "5 May 1066",
        "9999-12-31",
        date(9999, 12, 31),
        date(1, 1, 1),
        12,
        -1519344000,
        10**20,
        10**4000,
        1e300,
        float("nan"),
        float("inf"),
        "12345678",
        "030 2018 0223",
        "a chapter of the year 2018 in which nothing happened",
        "5 May 2018 and 6 May 2018",
        "2018-02-23" + " " * 10 + "x" * 200,
    ],
)
def test_no_day(value: object) -> None:
    assert day(value) is None


def test_a_number_too_long_to_be_written_is_no_day() -> None:
    assert day(10**5000) is None


def test_a_day_may_be_tomorrow_somewhere_but_not_later() -> None:
    today = datetime.now(UTC).date()
    assert day(today + timedelta(days=1)) == today + timedelta(days=1)
    assert day(today + timedelta(days=9)) is None


published = st.dates(date(1800, 1, 1), datetime.now(UTC).date())


@given(published)
@example(date(2018, 3, 4))
@example(date(2018, 12, 12))
def test_any_day_comes_back_from_its_forms(value: date) -> None:
    noon = datetime(value.year, value.month, value.day, 12, tzinfo=UTC)
    year, month, number = f"{value.year:04}", value.month, value.day
    forms: list[object] = [
        value,
        noon,
        value.isoformat(),
        noon.isoformat(),
        f"{value:%Y%m%d}",
        f"{value:%Y/%m/%d}",
        f"{value:%d.%m.%Y}",
        f"{number}.{month}.{year}",
        f"{number} {MONTHS[month]} {year}",
        f"{MONTHS[month]} {number}, {year}",
        f"{MONTHS[month][:3]}. {number}, {year}",
        f"{number}. {GERMAN_MONTHS[month]} {year}",
        format_datetime(noon),
    ]
    if value.year > 1974:
        forms += [int(noon.timestamp()), int(noon.timestamp() * 1000), str(int(noon.timestamp()))]
    assert {str(form): day(form) for form in forms} == {str(form): value for form in forms}
    assert day_in_name(f"{value.isoformat()}-title.md") == value
    assert day_in_name(f"title_{value:%Y_%m_%d}.pdf") == value
    assert day_in_address(f"https://example.org/{value:%Y/%m/%d}/title") == value
    assert day_in_address(f"https://example.org/{year}/{MONTHS[month][:3].lower()}/{number:02}/title") == value
    assert day_in_line(f"Published: {MONTHS[month]} {number}, {year} by A. Writer") == value


MONTHS = (
    "", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
GERMAN_MONTHS = (
    "", "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember",
)  # fmt: skip


@given(published)
def test_a_number_with_strokes_is_read_one_way_or_not_at_all(value: date) -> None:
    clear = value.day > 12 or value.day == value.month
    assert day(f"{value:%d/%m/%Y}") == (value if clear else None)
    assert day(f"{value:%m/%d/%Y}") == (value if clear else None)


dates_in_pieces = st.lists(
    st.sampled_from(
        ["2018", "02", "23", "-", "/", ".", " ", "Feb", "May", "T", ":", "Z", "+", "年", "de", "\u0660", "of"]
    )
    | st.text(max_size=5)
).map("".join)


@given(st.text() | dates_in_pieces | st.integers() | st.floats() | st.none() | st.dates() | st.datetimes())
@example("٢٠١٨-٠٢-٢٣")
@example("²018-02-23")
@example("1" * 100)
def test_nothing_makes_it_fail(value: object) -> None:
    for found in (day(value), day_in_line(str(value)), day_in_name(str(value)), day_in_address(str(value))):
        assert found is None or date(1800, 1, 1) <= found <= datetime.now(UTC).date() + timedelta(days=2)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Updated: 23 February 2018, by A. Writer", THAT),
        ("Published 3:45 PM EST Feb. 23, 2018", THAT),
        ("Friday 23 February 2018 20.30 GMT", THAT),
        ("By A. Writer | 23.02.2018 | 3 comments", THAT),
        ("Von A. Writer, am 23. Februar 2018 um 10 Uhr", THAT),
        ("2018-02-23 10:00", THAT),
        ("02/03/2018, 10:00", None),
        ("February 2018", None),
        ("3 hours ago", None),
        ("", None),
    ],
)
def test_a_day_in_a_line(line: str, expected: date | None) -> None:
    assert day_in_line(line) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2018-02-23-title.md", THAT),
        ("20180223_title.txt", THAT),
        ("title-2018_02_23.pdf", THAT),
        ("title 23.02.2018.txt", THAT),
        ("23-feb-2018-title.md", THAT),
        ("Title of 23 February 2018.docx", THAT),
        ("news/2018-02-23/title-2018-02-23.md", THAT),
        ("2018-02-23", THAT),
        ("20180223_153000.html", THAT),
        ("2018-02-23-10-things-to-know.md", THAT),
        ("2018-02-23-again-2018-02-23.md", THAT),
        ("title-03-04-2018.md", None),
        ("2018-02-23-to-2018-03-01.md", None),
        ("tel-030-20180223.txt", None),
        ("0171-2018-02-23.txt", None),
        ("id20180223.txt", None),
        ("20180223x.txt", None),
        ("123420180223.txt", None),
        ("12345678.txt", None),
        ("2018-02-30.txt", None),
        ("top-10-of-2018.md", None),
        ("2018-02.md", None),
        ("", None),
    ],
)
def test_a_day_in_a_name(name: str, expected: date | None) -> None:
    assert day_in_name(name) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.org/2018/02/23/title", THAT),
        ("https://example.org/2018/2/23/", THAT),
        ("https://example.org/world/2018/feb/23/title", THAT),
        ("https://example.org/2018/0223/title.htm", THAT),
        ("https://example.org/2018-02-23/title", THAT),
        ("https://example.org/news/2018-02-23-title.html", THAT),
        ("https://example.org/news/20180223/", THAT),
        ("https://example.org/2018/02/title", None),
        ("https://example.org/2018/11/1-more-title", None),
        ("https://example.org/2018/13/41/title", None),
        ("https://example.org/?date=2018-02-23", None),
        ("https://2018-02-23.example.org/", None),
        ("https://example.org/a-11519344000", None),
        ("https://example.org/p20180223", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_a_day_in_an_address(address: str, expected: date | None) -> None:
    assert day_in_address(address) == expected
