"""A model's reply read as it arrives: JSON sentence by sentence, or prose with marks where a model can do no better."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.qa.drafts import DraftEvent, DraftQuote, DraftSentence, NotCovered, Role
from bot.qa.generation.json_objects import DEEPEST, JsonObjects, loads
from ingest.text.sentences import sentence_spans

LONGEST_REPLY = 200_000
"""Characters read of one reply; a model that loops is cut off here."""
MOST_SENTENCES = 40
_HEAD = 2_000  # characters of the beginning that tell the form of a reply
_MOST_LINES = 400
_LONGEST_LINE = 8_000  # characters; a longer line of prose is cut
_LONGEST_SENTENCE = 4_000  # characters; what is longer is read no closer, for the check turns it down

_MARK = re.compile(
    r"\[\s*\^?(?:passages?\s*)?(\d{1,3}(?:\s*[,;&]\s*\d{1,3})*)\s*\]|【(\d{1,3})[^】]{0,80}】|\(passages?\s+(\d{1,3})\)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“„«\"]([^“”„«»\"]{8,600})[”»“\"]")
_FENCE = re.compile(r"\A```[\w-]*+\s*+")
_EMPTY = re.compile(r'"sentences"\s*+:\s*+\[\s*+\]')
_NOTHING = re.compile(
    r"^\W*(?:not[ _]covered|the passages do not (?:answer|say|mention|contain)\b.*)\W*$", re.IGNORECASE
)
_TEXT_KEYS = ("text", "sentence", "claim", "content", "answer")
_QUOTE_KEYS = ("quotes", "citations", "evidence", "quote", "sources")
_PASSAGE_KEYS = ("passage", "passage_number", "number", "source", "id", "passages")


class DraftReader:
    """Takes a reply in pieces of any size and gives each sentence as soon as its last sign has arrived.

    Every sign is looked at a bounded number of times, however the reply is cut: a hostile one costs no more.
    """

    def __init__(self) -> None:
        self._text = ""
        self._form: str | None = None  # "json", "prose"
        self._at = 0  # what lies before has been read
        self._next_look = 0  # prose: the length from which an unfinished line is worth another look
        self._lines_left = _MOST_LINES
        self._objects = JsonObjects()
        self._given = 0
        self._given_of_line = 0
        self._not_covered_given = False

    def feed(self, piece: str) -> Iterator[DraftEvent]:
        """The sentences that `piece` completes."""
        if not self._text:
            piece = piece.lstrip()
        self._text += piece[: max(0, LONGEST_REPLY - len(self._text))]
        yield from self._read(final=False)

    def close(self) -> Iterator[DraftEvent]:
        """What is left when the reply has ended; half a JSON sentence is no sentence."""
        yield from self._read(final=True)

    @property
    def text(self) -> str:
        """The reply so far, for the log."""
        return self._text

    def _read(self, final: bool) -> Iterator[DraftEvent]:
        if self._given >= MOST_SENTENCES:
            return
        if self._form is None:
            self._form = self._recognise(final)
        if self._form == "json":
            yield from self._read_json(final)
        elif self._form == "prose":
            yield from self._read_prose(final)

    def _recognise(self, final: bool) -> str | None:
        """The form, from the reply's beginning; what a model thought aloud is dropped first."""
        if re.match(r"<think(?:ing)?>", self._text):
            end = self._text.find("</think", self._at)
            close = self._text.find(">", end) if end >= 0 else -1
            if close < 0:
                self._at = end if end >= 0 else max(0, len(self._text) - len("</think"))
                if not final:
                    return None
            else:
                self._text, self._at = self._text[close + 1 :].lstrip(), 0
        form = _form_of(self._text[:_HEAD], final)
        if form is not None:
            self._text, self._at = _FENCE.sub("", self._text, count=1), 0
        return form

    def _read_json(self, final: bool) -> Iterator[DraftEvent]:
        """Objects that hold a text are sentences, however deep they lie and whatever is broken around them."""
        for value in self._objects.feed(self._text):
            yield from self._from_value(value)
        if not final:
            return
        tail = self._text[-_HEAD:]  # the schema has it last
        missing = re.search(r'"not_covered"\s*+:\s*+(\[[^\]\[]*+\]|"[^"]*+")', tail)
        if missing and not self._not_covered_given:
            yield from self._not_covered(loads(missing.group(1)))
        if not self._given and not self._not_covered_given and _EMPTY.search(self._text):
            self._not_covered_given = True
            yield NotCovered()

    def _from_value(self, value: dict[str, Any], depth: int = 0) -> Iterator[DraftEvent]:
        for key in ("sentences", "answer", "claims"):
            if isinstance(value.get(key), list) and depth < DEEPEST:
                for item in value[key][:MOST_SENTENCES]:
                    if isinstance(item, dict):
                        yield from self._from_value(item, depth + 1)
                    elif isinstance(item, str) and len(item) <= _LONGEST_SENTENCE:
                        yield from self._prose(item)
        if "not_covered" in value:
            yield from self._not_covered(value["not_covered"])
        if value.get("sentences") == [] and not self._given and not self._not_covered_given:
            self._not_covered_given = True
            yield NotCovered()
        sentence = _sentence(value)
        if sentence is not None and self._given < MOST_SENTENCES:
            self._given += 1
            yield sentence

    def _not_covered(self, value: object) -> Iterator[DraftEvent]:
        parts = value[:MOST_SENTENCES] if isinstance(value, list) else [value]
        for part in parts:
            if isinstance(part, str) and part.strip():
                self._not_covered_given = True
                yield NotCovered(part.strip())

    def _read_prose(self, final: bool) -> Iterator[DraftEvent]:
        """A line break ends a line; its sentences are grouped with the quotes and marks behind them."""
        while True:
            end = self._text.find("\n", self._at, self._at + _LONGEST_LINE)
            if end < 0:
                if len(self._text) - self._at < _LONGEST_LINE:
                    break
                end = self._at + _LONGEST_LINE - 1
            line, self._at = self._text[self._at : end], end + 1
            self._next_look = 0
            if line.strip() and self._lines_left > 0 and self._given < MOST_SENTENCES:
                self._lines_left -= 1
                yield from self._prose(line)
        line = self._text[self._at :]
        if final:
            self._at = len(self._text)
        elif (
            len(line) < self._next_look
        ):  # read again after every piece, a long line would take quadratic time
            return
        self._next_look = len(line) + len(line) // 8
        if line:
            yield from self._prose(line, finished=final)

    def _prose(self, line: str, finished: bool = True) -> Iterator[DraftEvent]:
        """The sentences of a line not given yet; of an unfinished one all but the last, whose proof may follow."""
        if _NOTHING.match(line.strip()):
            if finished and not self._given and not self._not_covered_given:
                self._not_covered_given = True
                yield NotCovered()
            return
        sentences = _prose_sentences(line)
        for sentence in sentences[self._given_of_line : None if finished else -1]:
            self._given_of_line += 1
            if self._given < MOST_SENTENCES:
                self._given += 1
                yield sentence
        if finished:
            self._given_of_line = 0


def _form_of(head: str, final: bool) -> str | None:
    """ "json" or "prose", or None where the reply's beginning does not tell yet."""
    start = _FENCE.sub("", head)
    if not start or (not final and head[:3] in ("`", "``")):
        return None
    if start[0] in "{[" and not re.match(r"\[\s*\d", start):
        return "json"
    prefix, brace, rest = start.partition("{")
    if brace and '"' in rest and _announces_json(prefix, rest[:20]):
        return "json"  # "Here is the JSON: {"
    if final or len(start) > 160 or re.search(r"[.!?]\W*\[\d+\]", start):
        return "prose"
    return None


def _announces_json(prefix: str, rest: str) -> bool:
    if re.search(r"\b(?:sentences|text|json)\b", prefix + "{" + rest):
        return True
    *before, last = re.split(r"[:\n]", prefix)
    return bool(before) and re.fullmatch(r"\s*+(?:```\w*+)?\s*+\[?\s*+", last) is not None


def _sentence(value: dict[str, Any]) -> DraftSentence | None:
    text = next((value[key] for key in _TEXT_KEYS if isinstance(value.get(key), str)), None)
    if text is None or not text.strip() or len(text) > _LONGEST_SENTENCE:
        return None
    found: list[DraftQuote] = []
    for key in _QUOTE_KEYS:
        given = value.get(key)
        for item in given[:MOST_SENTENCES] if isinstance(given, list) else [given]:
            if isinstance(item, dict):
                quote = next(
                    (item[k] for k in ("quote", "text", "words") if isinstance(item.get(k), str)), ""
                )
                number = next((_number(item[k]) for k in _PASSAGE_KEYS if k in item), 0)
            elif isinstance(item, str):
                quote, number = item, next((_number(value[k]) for k in _PASSAGE_KEYS if k in value), 0)
            else:
                continue
            if quote.strip():
                found.append(DraftQuote(number, quote))
    if not found:
        prose = next(iter(_prose_sentences(text)), None)
        return DraftSentence(text.strip(), prose.quotes if prose else ())
    role: Role = "answer"
    if value.get("role") == "differs":
        role = "differs"
    elif value.get("role") == "corrects":
        role = "corrects"
    return DraftSentence(text.strip(), tuple(found), role)


def _number(value: object) -> int:
    if isinstance(value, list):
        value = value[0] if value else 0
    match = re.search(r"\d{1,4}", str(value))
    return int(match.group()) if match else 0


def _prose_sentences(line: str) -> list[DraftSentence]:
    """Sentences of a line of prose, with the marks and the words in quotation marks that belong to each.

    A sentence that is nothing but a quote and a mark belongs to the one before it. A sentence that quotes inside
    itself keeps the quote as its proof; one with a mark alone offers its own words, which hold if it is verbatim.
    """
    out: list[DraftSentence] = []
    line = re.sub(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+", "", line)
    for start, end in _with_marks(line):
        piece = line[start:end]
        numbers = [
            int(number)
            for match in _MARK.finditer(piece)
            for number in re.findall(r"\d+", next(group for group in match.groups() if group))
        ]
        quotes = [match.group(1) for match in _QUOTED.finditer(piece)]
        bare = _MARK.sub("", piece)
        rest = _QUOTED.sub("", bare)
        if not re.search(r"\w", rest):  # proof alone
            if out and quotes:
                proof = tuple(DraftQuote(numbers[0] if numbers else 0, quote) for quote in quotes)
                last = out[-1]
                own = tuple(quote for quote in last.quotes if quote.text != last.text)
                out[-1] = DraftSentence(last.text, own + proof)
            continue
        text = re.sub(r"\s+([.,;:!?])", r"\1", " ".join(bare.split())).strip()
        trailing = re.search(r"([.!?])\s*[“\"«][^“”\"«»]{1,600}[”\"»]\W*$", bare)
        if trailing:  # "The bridge opened in May. "was opened in May" [2]" cut as one sentence
            text = " ".join(bare[: trailing.start(1) + 1].split())
        proof = tuple(
            DraftQuote(numbers[min(n, len(numbers) - 1)] if numbers else 0, quote)
            for n, quote in enumerate(quotes)
        )
        if not proof:
            proof = tuple(DraftQuote(number, text) for number in numbers[:3])
        out.append(DraftSentence(text, proof))
    return out


def _with_marks(line: str) -> list[tuple[int, int]]:
    """Sentence spans, each with the marks that follow its full stop."""
    spans: list[tuple[int, int]] = []
    for start, end in sentence_spans(line):
        piece = line[start:end]
        leading = re.match(rf"(?:\s*(?:{_MARK.pattern}))+\s*", piece, re.IGNORECASE)
        if leading and spans:
            spans[-1] = spans[-1][0], start + leading.end()
            start += leading.end()
        if start < end:
            spans.append((start, end))
    return spans
