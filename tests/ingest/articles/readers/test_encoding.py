from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.articles.readers.encoding import Undecodable, decode

BENCH = Path(__file__).resolve().parents[5] / "shared" / "bench"
MOJIBAKE = re.compile("â€|Ã[^ A-Z]")
TEXT = "Der Bürgermeister sagte am Montag, die Brücke werde später eröffnet: „Es tut mir leid.“ – 北京\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_unicode_is_read_with_and_without_a_mark(codec: str) -> None:
    assert decode(TEXT.encode(codec)) == TEXT


def test_a_charset_that_a_page_declares_is_honoured() -> None:
    for declared in (
        '<meta charset="windows-1251">',
        "<META http-equiv=x content='text/html; charset=windows-1251'>",
    ):
        page = f"<html><head>{declared}</head><body>Мост откроют весной</body></html>"
        assert "Мост откроют весной" in decode(page.encode("windows-1251"), page=True)


def test_a_charset_that_does_not_exist_is_passed_over() -> None:
    assert decode(b'<meta charset="no-such-thing">caf\xc3\xa9', page=True).endswith("café")
    assert "bridge" in decode(b'<meta charset="base64"> the bridge is late, says the mayor \xe9', page=True)


def test_western_text_of_one_byte_a_letter_is_guessed() -> None:
    text = "Le maire a déclaré lundi que le pont, promis pour l'été, ne serait pas ouvert avant l'hiver. " * 5
    assert decode(text.encode("cp1252")) == text


@pytest.mark.parametrize(
    "text",
    [
        "January 4–6, 2026: “Español”, says the makers’ site, is the Game™ of the year. ¿Qué? " * 3,
        "Été\u00a0»: le café\u00a0», dit l’Élysée… «\u00a0C’est fini\u00a0» — à Paris, où l’on s’en réjouit. "
        * 3,
        "„Viel Spaß“, rief er im „CAFÉ“ – und ging über die Straße. Für 5 € gab’s Käse. " * 3,
        "Þetta er gott, sagði maðurinn við börnin í gær, en það var ekki rétt hjá honum. " * 3,
        "Caf\u00e9 Qu\u00e9",
    ],
)
def test_western_text_keeps_its_quotes_dashes_and_accents(text: str) -> None:
    assert decode(text.encode("cp1252")) == text


@pytest.mark.parametrize("corpus", ["fifa", "steam"])
def test_real_articles_in_windows_1252_come_out_as_they_were(corpus: str) -> None:
    path = BENCH / corpus / "articles.jsonl"
    if not path.exists():
        pytest.skip("the shared question sets are not there")
    texts = [json.loads(line)["text"][:6000] for line in path.read_text(encoding="utf-8").splitlines()]
    written = [data for text in texts if not (data := text.encode("cp1252", "ignore")).isascii()]
    written = [data for data in written if not MOJIBAKE.search(data.decode("cp1252"))]
    right = sum(decode(data) == data.decode("cp1252") for data in written)
    assert len(written) > 150
    assert right / len(written) >= 0.99


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1251", "Мэр города заявил в понедельник, что мост откроют весной, на два года позже, чем обещали. "),
        ("koi8_r", "Мэр города заявил в понедельник, что мост откроют весной, на два года позже, чем обещали. "),
        ("cp1253", "Ο δήμαρχος δήλωσε τη Δευτέρα ότι η γέφυρα θα ανοίξει την άνοιξη, δύο χρόνια αργότερα. "),
        ("cp1255", "ראש העיר אמר ביום שני כי הגשר ייפתח באביב, שנתיים מאוחר מן המתוכנן, והתושבים כועסים. "),
        ("cp1256", "قال رئيس البلدية يوم الاثنين إن الجسر سيفتح في الربيع بعد عامين من الموعد المقرر له. "),
        ("cp1250", "Burmistrz powiedział w poniedziałek, że most zostanie otwarty wiosną, później niż obiecano. "),
        ("iso8859_2", "Burmistrz powiedział w poniedziałek, że most zostanie otwarty wiosną, później niż obiecano. "),
        ("cp1250", "Starosta řekl v pondělí, že most bude otevřen až na jaře, o dva roky později, než slíbil. "),
        ("cp1254", "Belediye başkanı pazartesi günü köprünün iki yıl gecikmeyle ilkbaharda açılacağını söyledi. "),
        ("gb18030", "市长星期一表示，这座大桥将于春季开放，比原计划晚了两年，居民们对此非常不满。"),
        ("cp932", "市長は月曜日、橋は予定より二年遅れて春に開通すると述べ、住民は不満を漏らしている。"),
        ("cp949", "시장은 월요일 다리가 예정보다 이 년 늦은 봄에 개통될 것이라고 말했고 주민들은 불만이다. "),
    ],
)  # fmt: skip
def test_bytes_that_speak_against_western_text_are_read_as_their_own_script(codec: str, text: str) -> None:
    assert decode((text * 8).encode(codec)) == text * 8


def test_utf8_and_windows_1252_in_one_file_are_each_read_as_what_they_are() -> None:
    lines = ("The Café in Zürich – “open” – costs 5 €. 😀 북경", "The Café in Zürich – “open” – costs 5 €.")
    for first, second in ((0, 1), (1, 0)):
        data = lines[0].encode() + b"\n" + lines[1].encode("cp1252")
        if first:
            data = b"\n".join(reversed(data.split(b"\n")))
        assert decode(data).split("\n") == [lines[first], lines[second]]
    within = "Caf\u00e9 ".encode() + "Caf\u00e9”".encode("cp1252")
    assert decode(within * 5) == "Café Café”" * 5


def test_a_page_that_says_latin_1_means_windows_1252() -> None:
    page = '<meta charset="iso-8859-1"><p>“It’s late” – so the mayor</p>'
    assert decode(page.encode("cp1252"), page=True) == page


def test_a_page_in_windows_1252_that_declares_utf8_is_read_all_the_same() -> None:
    page = '<meta charset="utf-8"><p>“It’s late” – so the café’s owner</p>'
    assert decode(page.encode("cp1252"), page=True) == page


def test_a_cut_off_copy_in_utf8_is_not_taken_for_another_encoding() -> None:
    assert decode((TEXT * 3).encode()[:-2]).startswith(TEXT)


@pytest.mark.parametrize(
    "data",
    [bytes(range(256)) * 20, b"\x00" * 500, b"\x89PNG\r\n\x1a\n" + b"abc" * 50, b"PK\x03\x04" + b"x" * 50,
     b"%PDF-1.4 text", b"\x7fELF" + b"\x01\x02" * 300, b"text \x01\x02\x03\x04\x05" * 50],
)  # fmt: skip
def test_what_is_not_text_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(Undecodable, match=r"^it"):
        decode(data)


@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_text_or_refused(data: bytes, page: bool) -> None:
    with contextlib.suppress(Undecodable):
        assert isinstance(decode(data, page), str)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1))
def test_every_text_survives_utf8(text: str) -> None:
    assert decode(text.encode()) == text.removeprefix("\ufeff")
