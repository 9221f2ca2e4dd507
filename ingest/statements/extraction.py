"""Quotation attribution by rules: an article's statements with their speakers, in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.statements.clauses import Sentence, Token, sentences
from ingest.statements.contents import contents
from ingest.statements.cues import Cue, cues, opening_subject
from ingest.statements.phrase import Range
from ingest.statements.speakers import Speaker, Speakers
from ingest.statements.statement import Kind, Statement
from ingest.statements.verbs import verb_forms
from ingest.statements.word_classes import BE, OUTLET_WORDS, PRONOUNS
from ingest.text.folding import plain

FORMAT = "statements/1"
"""Part of the index's identity: when it changes, statements are made anew."""
_LONGEST_LABEL = 8
_LABEL = verb_forms()["say"][0]


@dataclass(frozen=True, slots=True)
class _Source:
    """Who speaks, where that is written, and by which verb."""

    speaker: Speaker
    span: tuple[int, int]
    verb: str
    force: str
    via: str | None = None


@dataclass(slots=True)
class _Flow:
    """What the sentences before leave to a quotation that stands alone."""

    body: str
    speakers: Speakers
    statements: list[Statement] = field(default_factory=list)
    awaiting: _Source | None = None
    last: _Source | None = None
    orphan: Range | None = None


def statements_of(body: str) -> list[Statement]:
    """The statements of a body, in the order they end."""
    flow = _Flow(body, Speakers(body))
    for sentence in sentences(body):
        flow.speakers.next_sentence()
        if sentence.opens:
            flow.orphan = None
        if sentence.is_quotation:
            _alone(flow, sentence)
        else:
            _with_cues(flow, sentence)
    return sorted(set(flow.statements), key=lambda one: (one.start, -one.end, one.speaker_start))


def _alone(flow: _Flow, sentence: Sentence) -> None:
    """A sentence that is all quotation belongs to who was just announced, or to who spoke just before."""
    quoted = [token for token in sentence.tokens if token.is_quotation]
    span = (quoted[0].start, quoted[-1].end)
    source = flow.awaiting
    if source is None and (not sentence.opens or sentence.closes):
        source = flow.last
    flow.awaiting = None
    if source is None:
        flow.orphan = span
        return
    flow.statements.append(_statement(source, span, "direct"))
    flow.last = source


def _with_cues(flow: _Flow, sentence: Sentence) -> None:
    tokens = sentence.tokens
    found = cues(tokens)
    orphan, flow.orphan, flow.awaiting, flow.last = flow.orphan, None, None, None
    outer: tuple[Range, _Source] | None = None
    reached = found[0].first if found else len(tokens)
    _mention_names(flow, tokens, 0, reached)  # a pronoun stands for nobody who is named behind it
    _notice_subject(flow, tokens, found)
    for place, cue in enumerate(found):
        assert cue.phrase is not None
        source = _source(flow, tokens, cue, outer)
        is_nested = outer is not None and outer[0][0] <= cue.first < outer[0][1]
        spans = list(contents(tokens, cue, place, found))
        for first, last in spans:
            span = (tokens[first].start, tokens[last - 1].end)
            flow.statements.append(_statement(source, span, _kind(tokens[first:last])))
            if first >= cue.last and not is_nested:
                outer = ((cue.last, last), source)
        if not spans and orphan is not None and cue.first <= 1:
            flow.statements.append(_statement(source, orphan, "direct"))
            orphan = None
        if flow.last is None or (spans and not is_nested):
            flow.last = source
        if not spans and place == len(found) - 1 and tokens[-1].low in (":", ".", ","):
            flow.awaiting = source if tokens[-1].low == ":" or sentence.closes else None
    _mention_names(flow, tokens, reached, len(tokens))
    if not found:
        _announced(flow, tokens)


def _notice_subject(flow: _Flow, tokens: Sequence[Token], found: Sequence[Cue]) -> None:
    """Remember who a sentence is about: a pronoun after it most likely stands for the same."""
    phrase = opening_subject(tokens, len(tokens))
    if phrase is None or any(cue.phrase == phrase for cue in found):
        return
    words = tokens[phrase.name[0] : phrase.name[1]]
    if phrase.last >= len(tokens) or not tokens[phrase.last].is_word:
        return  # a caption, a credit or a heading
    if len(words) > 1 or (words[0].is_capital and flow.speakers.knows(words[0].text)):
        flow.speakers.speaker(tokens, phrase, speaks=False)


def _mention_names(flow: _Flow, tokens: Sequence[Token], start: int, end: int) -> None:
    """Remember the names in a part of a sentence."""
    first = start
    for place in range(start, end + 1):
        ends = place < end and tokens[place].low.endswith("'s") and tokens[place].is_capital
        if place == end or ends or not tokens[place].is_capital:
            if first < place + ends:
                flow.speakers.mention(tokens, (first, place + ends))
            first = place + 1


def _announced(flow: _Flow, tokens: Sequence[Token]) -> None:
    """ "Smith: “…”" and "The minister was blunt: “…”": a colon and a quotation, without a verb that attributes."""
    colon = next((n for n, token in enumerate(tokens) if token.low == ":"), None)
    if colon is None or colon == 0:
        return
    phrase = opening_subject(tokens, colon)
    if phrase is None:
        return
    words = tokens[phrase.last : colon]
    if words and not (len(words) < _LONGEST_LABEL and any(token.low in BE for token in words)):
        return
    cue = Cue(phrase.first, colon, _LABEL, phrase)
    source = _source(flow, tokens, cue, None)
    quoted = [token for token in tokens[colon + 1 :] if token.is_quotation]
    if colon == len(tokens) - 1:
        flow.awaiting = source
    elif quoted and quoted[0] is tokens[colon + 1]:
        flow.statements.append(_statement(source, (quoted[0].start, quoted[-1].end), "direct"))
        flow.last = source


def _source(flow: _Flow, tokens: Sequence[Token], cue: Cue, outer: tuple[Range, _Source] | None) -> _Source:
    phrase = cue.phrase
    assert phrase is not None
    via = _via(flow, tokens, cue)
    if via is None and outer is not None and outer[0][0] <= cue.first < outer[0][1]:
        via = outer[1].speaker.name
    speaker = flow.speakers.speaker(tokens, phrase)
    span = (tokens[phrase.first].start, tokens[phrase.last - 1].end)
    return _Source(speaker, span, cue.verb.lemma, cue.verb.force, via if via != speaker.name else None)


def _via(flow: _Flow, tokens: Sequence[Token], cue: Cue) -> str | None:
    """The outlet that a speaker told it, or that quotes them."""
    if cue.via is not None:
        return flow.body[tokens[cue.via.first].start : tokens[cue.via.last - 1].end]
    if cue.is_according:
        return None
    stop = min(len(tokens), cue.last + 14)
    for place in range(cue.last, stop):
        token = tokens[place]
        if token.is_quotation or token.low in (":", "that") or (token.low in PRONOUNS and place > cue.last):
            return None
        if token.is_capital and (name := _outlet(flow, tokens, place)):
            return name
    return None


def _outlet(flow: _Flow, tokens: Sequence[Token], first: int) -> str | None:
    last = first
    while last < len(tokens) and tokens[last].is_capital:
        last += 1
    words = {plain(token.text) for token in tokens[first:last]}
    leads = first > 0 and tokens[first - 1].low in (
        "the",
        "told",
        "tells",
        "with",
        "by",
        "to",
        "via",
        "on",
        "in",
        "of",
    )
    if not leads or not words & OUTLET_WORDS:
        return None
    return flow.body[tokens[first].start : tokens[last - 1].end]


def _kind(tokens: Sequence[Token]) -> Kind:
    if not any(token.is_quotation for token in tokens):
        return "indirect"
    return "mixed" if any(token.is_word for token in tokens) else "direct"


def _statement(source: _Source, span: tuple[int, int], kind: Kind) -> Statement:
    return Statement(
        source.speaker.name, source.speaker.role, source.verb, source.force, kind, *span, *source.span, source.via
    )  # fmt: skip
