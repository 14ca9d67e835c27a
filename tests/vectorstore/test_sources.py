"""Reading files and feeds: every good row comes through, every bad one is named with its place."""

import gzip
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from errors import MappingError, SourceError
from settings import Settings, load_settings
from vectorstore.sources.base import BadRow, Row, Source
from vectorstore.sources.delimited import DelimitedSource
from vectorstore.sources.feed import FeedSource
from vectorstore.sources.json_lines import JsonLinesSource
from vectorstore.sources.locate import DATASETS, locate
from vectorstore.sources.mapping import bundled_mapping, load_mapping, native_item
from vectorstore.sources.parquet import ParquetSource

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><language>en-GB</language>
<item><guid>a1</guid><title>Rates &amp; prices</title><link>https://example.org/a</link>
<description>&lt;p&gt;Banks &lt;b&gt;held&lt;/b&gt; rates.&lt;script&gt;alert(1)&lt;/script&gt;</description>
<category>economy</category><pubDate>Wed, 25 Nov 2026 13:00:00 GMT</pubDate></item>
<item><title>No id at all</title></item></channel></rss>"""


def read(source: Source) -> tuple[list[Row], list[BadRow]]:
    rows = list(source.rows(lambda _: None))
    return [each for each in rows if isinstance(each, Row)], [
        each for each in rows if isinstance(each, BadRow)
    ]


def test_broken_json_line_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"id": "1"}\n{"id": \n\n[1]\n\xff\xfe\n{"id": "2"}\n')
    good, bad = read(JsonLinesSource(path))
    assert [each.values["id"] for each in good] == ["1", "2"]
    assert [each.number for each in bad] == [2, 4, 5]


def test_gzipped_source_reports_progress_up_to_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(json.dumps({"id": n}).encode() for n in range(5000))))
    moved: list[int] = []
    source = JsonLinesSource(path)
    assert len(list(source.rows(moved.append))) == 5000
    assert sum(moved) == source.size


def test_truncated_gzip_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"id": 1}\n' * 9999)[:-20])
    with pytest.raises(SourceError, match="whole"):
        read(JsonLinesSource(path))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_with_quotes_newlines_and_bad_rows(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    lines = ["id,title", '1,"Two, lines', 'and ""quotes"""', "2,x,y", "", "3,ok"]
    path.write_text("\n".join(each.replace(",", delimiter) for each in lines), encoding="utf-8-sig")
    good, bad = read(DelimitedSource(path))
    assert [each.values["id"] for each in good] == ["1", "3"]
    assert good[0].values["title"] == f'Two{delimiter} lines\nand "quotes"'
    assert [(each.number, each.reason) for each in bad] == [(4, "3 fields where the header names 2")]


def test_csv_row_that_is_not_utf8_is_rejected_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,title\n1,caf\xe9\n2,caf\xc3\xa9\n")
    good, bad = read(DelimitedSource(path))
    assert [each.values["title"] for each in good] == ["café"]
    assert bad[0].reason == "not UTF-8"


def test_column_named_twice_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,id\n1,2\n")
    with pytest.raises(SourceError, match="stands twice"):
        read(DelimitedSource(path))


def test_parquet_rows_and_a_file_that_is_none(tmp_path: Path) -> None:
    import pyarrow as arrow
    import pyarrow.parquet as parquet

    path = tmp_path / "a.parquet"
    parquet.write_table(arrow.table({"id": ["1", "2"], "categories": [["a"], ["b", "c"]]}), path)
    good, _ = read(ParquetSource(path))
    assert good[1].values == {"id": "2", "categories": ["b", "c"]}
    path.write_bytes(b"PAR1 not really")
    with pytest.raises(SourceError, match="Parquet"):
        read(ParquetSource(path))


@pytest.fixture
def feed_address() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = FEED if self.path == "/feed" else b"<html>hello</html>"
            self.send_response(200 if self.path != "/missing" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_feed_over_http_gives_plain_dated_items(feed_address: str) -> None:
    good, bad = read(FeedSource(f"{feed_address}/feed"))
    item = native_item(good[0].values, "news")
    assert item.title == "Rates & prices"
    assert "<" not in item.text and "alert" not in item.text and "held" in item.text
    assert item.published_at == datetime(2026, 11, 25, 13, tzinfo=UTC)
    assert (item.language, item.categories) == ("en", ("economy",))
    assert bad[0].number == 2


@pytest.mark.parametrize(("path", "reason"), [("/missing", "404"), ("/page", "not an RSS")])
def test_address_without_a_feed_is_a_clear_error(feed_address: str, path: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        read(FeedSource(f"{feed_address}{path}"))


def test_mapping_reads_dates_lists_numbers_and_leaves_out_what_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(
        """
domain = "shopping"
[fields]
id = "shop/{sku}"
title = "{name}"
categories = { from = "tags", split = ";" }
price = { from = "cost", decimal = ",", thousands = ".", type = "float" }
currency = "EUR"
published_at = { from = "since", dates = ["%d.%m.%Y"], zone = "Europe/Athens" }
[attributes]
size = { from = "size", empty = ["n/a"] }
"""
    )
    mapping = load_mapping(path)
    row = {
        "sku": 7,
        "name": "  Cup \n of tea",
        "tags": "a;b;;a",
        "cost": "1.234,50",
        "since": "02.03.2026",
        "size": "n/a",
    }
    item = mapping.item(row)
    assert (item.id, item.title, item.categories, item.price) == ("shop/7", "Cup of tea", ("a", "b"), 1234.5)
    assert item.published_at and item.published_at.isoformat() == "2026-03-02T00:00:00+02:00"
    assert item.attributes == {}
    with pytest.raises(ValueError, match="published_at: 'soon' is no date"):
        mapping.item(row | {"since": "soon"})
    assert mapping.item(row | {"cost": ""}).currency is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("not toml [", "mapping"),
        ('[fields]\nid = "{a}"', "title"),
        ('[fields]\nid = "{a}"\ntitle = "{b}"\ncolour = "{c}"', "colour"),
        ('[fields]\nid = "{a}"\ntitle = { from = "b", template = "{b}" }', "either"),
    ],
)
def test_mapping_that_does_not_fit_says_where(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "map.toml"
    path.write_text(text)
    with pytest.raises(MappingError, match=reason):
        load_mapping(path)


def test_native_row_with_an_unknown_column_is_refused() -> None:
    with pytest.raises(ValueError, match="'colour' is no field of Item"):
        native_item({"id": "1", "domain": "news", "title": "t", "colour": "red"})


def test_folder_gives_its_readable_files_and_a_strange_file_is_refused(
    tmp_path: Path, settings: Settings
) -> None:
    for name in ("b.csv", "a.jsonl.gz", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    assert [each.name for each in locate(str(tmp_path), settings)] == ["a.jsonl.gz", "b.csv"]
    with pytest.raises(SourceError, match="cannot tell its kind"):
        locate(str(tmp_path / "notes.txt"), settings)
    with pytest.raises(SourceError, match="no such file"):
        locate("nowhere", settings)
    with pytest.raises(SourceError, match="KAIROS_DATA"):
        locate("netflix", load_settings(home=tmp_path, data=None))


@pytest.mark.parametrize("name", sorted(DATASETS))
def test_every_public_data_set_maps_to_items(name: str, data_folder: Path, tmp_path: Path) -> None:
    source = locate(name, load_settings(home=tmp_path, data=data_folder))[0]
    mapping = bundled_mapping(name)
    items = [mapping.item(each.values) for _, each in zip(range(200), read(source)[0], strict=False)]
    assert len({each.id for each in items}) > 1
    assert all(each.title for each in items)


@hypothesis_settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(content=st.binary(max_size=400))
def test_no_bytes_crash_the_line_readers(tmp_path: Path, content: bytes) -> None:
    for name, kind in (("a.jsonl", JsonLinesSource), ("a.csv", DelimitedSource)):
        path = tmp_path / name
        path.write_bytes(content)
        try:
            read(kind(path))
        except SourceError as error:
            assert str(path) in str(error)
