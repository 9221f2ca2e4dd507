"""Sitemaps: XML, plain lists of addresses, and indexes that name other sitemaps; packed or not.

Every address is a document without text; `row` says "sitemap" for one that is itself a sitemap, else when the page
changed last. Runs in the confined worker.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator

from lxml import etree

from ingest.articles.dates import iso_date
from ingest.articles.readers.document import Document, Reject

INDEX = "sitemap"
LARGEST = 60_000_000  # bytes, unpacked; the standard allows 50 MiB
MOST_ENTRIES = 50_000  # as the standard has it
MOST_ELEMENTS = MOST_ENTRIES + 1_000  # those without an address included
_LONGEST_ADDRESS = 2_048


def read(data: bytes, name: str) -> Iterator[Document | Reject]:
    if data[:2] == b"\x1f\x8b":
        try:
            data = _unpacked(data)
        except zlib.error:
            yield Reject(name, "It is a gzip file that cannot be unpacked.")
            return
        if len(data) > LARGEST:
            yield Reject(name, f"Unpacked it is larger than {LARGEST // 1_000_000} MB.")
            return
    listed = _plain(data) if data.lstrip().startswith((b"http://", b"https://")) else _xml(data, name)
    for count, found in enumerate(listed):
        if count >= MOST_ENTRIES:
            return
        yield found


def _unpacked(data: bytes) -> bytes:
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(data, LARGEST + 1)


def _plain(data: bytes) -> Iterator[Document | Reject]:
    for line in data.decode("utf-8", "replace").splitlines():
        if line.strip().startswith(("http://", "https://")):
            yield Document("", url=line.strip()[:_LONGEST_ADDRESS])


def _xml(data: bytes, name: str) -> Iterator[Document | Reject]:
    known, seen = False, 0
    steps = etree.iterparse(
        io.BytesIO(data),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
    )
    try:
        for event, element in steps:
            tag = _local_name(element)
            if event == "start":
                known = known or tag in ("urlset", "sitemapindex")
                if not known:
                    break
            elif tag in ("url", "sitemap"):
                address, changed = _child(element, "loc"), _child(element, "lastmod")
                news = _child(element, "publication_date")
                if address:
                    row = INDEX if tag == "sitemap" else changed or None
                    yield Document(
                        changed if tag == "sitemap" else "",
                        url=address,
                        row=row,
                        published=iso_date(news or None),
                    )
                element.clear()
                while element.getprevious() is not None:  # what was read takes no room
                    del element.getparent()[0]
                seen += 1
                if seen >= MOST_ELEMENTS:
                    return
    except etree.XMLSyntaxError as error:
        if known:
            yield Reject(name, f"The sitemap breaks off: {error.msg}.")
            return
    if not known:
        yield Reject(name, "It is not a sitemap.")


def _child(element: etree._Element, name: str) -> str:
    for child in element.iter():
        if _local_name(child) == name:
            return (child.text or "").strip()[:_LONGEST_ADDRESS]
    return ""


def _local_name(element: etree._Element) -> str:
    """The tag without its namespace, in lower case; "" for a comment or an instruction."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
