# ruff: noqa: ARG001, ARG002
"""Drafts made by rule from real sentences: honest paraphrases, and every way in which a draft can lie.

Nothing here knows how the check works; the rules are those by which writers retell a sentence, and by which a
careless model spoils one.
"""

from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.qa.answers import Evidence, Turn
from bot.qa.drafts import DraftEvent, DraftSentence
from ingest.text.names import is_common

MONTHS = "January February March April May June July August September October November December".split()
SMALL = "zero one two three four five six seven eight nine ten eleven twelve".split()
SAID = (
    "said|says|told reporters|claimed|stated|added|insisted|argued|believes|alleged|admitted|warned|confirmed"
)
PERSON = r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,3}"
SYNONYMS = [
    (r"\bsaid\b", "stated"), (r"\bannounced\b", "made known"), (r"\bbegan\b", "started"), (r"\bstarted\b", "began"),
    (r"\bprior to\b", "before"), (r"\bfollowing\b", "after"), (r"\bbecause\b", "since"), (r"\balso\b", "in addition"),
    (r"\bmore than\b", "over"), (r"\bover (?=\d)", "more than "), (r"\baround (?=\d)", "about "),
    (r"\babout (?=\d)", "around "), (r"\bapproximately\b", "roughly"), (r"\bnearly\b", "almost"),
    (r"\bhowever\b", "but"), (r"\bwhile\b", "whereas"), (r"\bmany\b", "numerous"), (r"\bhelp\b", "assist"),
    (r"\bshow(?:s|ed)\b", "indicated"), (r"\bbuild\b", "construct"), (r"\bbuilt\b", "constructed"),
    (r"\bbig\b", "large"), (r"\bhuge\b", "enormous"), (r"\bplayers\b", "footballers"), (r"\bfans\b", "supporters"),
    (r"\bgame\b", "match"), (r"\bmatch\b", "game"), (r"\bmatches\b", "games"), (r"\btournament\b", "competition"),
    (r"\bteam\b", "side"), (r"\bpeople\b", "persons"), (r"\bget\b", "receive"), (r"\bused\b", "employed"),
    (r"\bneed\b", "require"), (r"\bbuy\b", "purchase"), (r"\btry\b", "attempt"), (r"\btried\b", "attempted"),
    (r"\bask(?:ed)\b", "requested"), (r"\bend(?:ed)\b", "finished"),
    (r"\bkept\b", "continued"), (r"\bgave\b", "provided"),
    (r"\bimportant\b", "significant"), (r"\bworkers\b", "labourers"), (r"\bgovernment\b", "authorities"),
    (r"\bdecided\b", "chose"), (r"\bworld['’]s\b", "global"), (r"\balthough\b", "though"), (r"\bthough\b", "although"),
    (r"\bvery\b", "extremely"), (r"\bfirst time\b", "first occasion"), (r"\bincluding\b", "among them"),
]  # fmt: skip
NATIONS = {
    "Qatar": "Qatari", "France": "French", "Argentina": "Argentine", "England": "English", "Germany": "German",
    "Russia": "Russian", "Iran": "Iranian", "China": "Chinese", "Japan": "Japanese", "Brazil": "Brazilian",
    "Morocco": "Moroccan", "Spain": "Spanish", "Italy": "Italian", "Mexico": "Mexican", "Denmark": "Danish",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One drafted sentence and what is known of it. `home` is the evidence (0-based) that the quote was taken from."""

    kind: str
    good: bool
    draft: DraftSentence
    home: int
    rule: str = ""


class ScriptedGenerator:
    """A generator with a known share of lies: it writes the cases it was given, in order."""

    name = "scripted"

    def __init__(self, cases: Sequence[Case]) -> None:
        self._cases = cases

    async def write(
        self, question: str, evidence: Sequence[Evidence], *, history: Sequence[Turn] = ()
    ) -> AsyncIterator[DraftEvent]:
        for case in self._cases:
            yield case.draft


# ---------------------------------------------------------------- honest sentences


def paraphrases(sentence: str, before: str, source: str | None, rng: random.Random) -> list[tuple[str, str]]:
    """Retellings of `sentence` by rule, as (rule, text); only rules that change something."""
    base = _unquoted(sentence)
    found: list[tuple[str, str]] = [("verbatim", base)]

    def offer(rule: str, text: str | None) -> None:
        if text and text != base:
            found.append((rule, _tidy(text)))

    offer("synonyms", _outside(base, lambda text: _synonyms(text, rng)))
    offer("numbers", _outside(base, _renumber))
    offer("dates", _outside(base, _redate))
    offer("fronted", _front_last(base))
    offer("unfronted", _unfront(base))
    offer("speaker", _respeak(base))
    offer("tense", _outside(base, _retense))
    offer("shortened", _shorten(base))
    offer("nation", _renation(base))
    offer("passive", _passive(base))
    offer("resolved", _resolve(base, before))
    if source:
        offer("sourced", f"According to {source}, {_lower_first(base)}")
    mixed = base
    for change in rng.sample([_renumber, _redate, _retense, lambda text: _synonyms(text, rng)], 3):
        mixed = _outside(mixed, change)
    offer("mixed", mixed)
    return found


def typed_quote(sentence: str, rng: random.Random) -> tuple[str, str]:
    """A stretch of `sentence` as a model types it: whole, shortened, with an ellipsis, other marks, other case."""
    words = sentence.split()
    style = rng.choice(["whole", "part", "part", "ellipsis", "marks", "case", "space", "ending"])
    if style == "ellipsis" and len(words) >= 14:
        cut = len(words) // 2
        return style, f"{' '.join(words[: cut - 2])} … {' '.join(words[cut + 2 :])}"
    if style == "part" and len(words) > 9:
        length = rng.randint(6, min(20, len(words) - 1))
        start = rng.randint(0, len(words) - length)
        return style, " ".join(words[start : start + length])
    if style == "marks":
        swapped = sentence.translate(str.maketrans("“”‘’—–", "\"\"''--"))
        return style, swapped
    if style == "case":
        return style, sentence[0].swapcase() + sentence[1:]
    if style == "space":
        return style, re.sub(" ", "  ", sentence, count=3).replace(" ", "\u00a0", 1)
    if style == "ending":
        return style, sentence.rstrip(".") + ","
    return "whole", sentence


def _unquoted(sentence: str) -> str:
    return sentence.strip()


def _outside(text: str, change: Callable[[str], str]) -> str:
    """`change` made outside quotation marks: an honest writer leaves alone what is quoted."""
    return "".join(
        part if n % 2 else change(part)
        for n, part in enumerate(re.split(r"(“[^”]*”|\"[^\"]*\"|‘[^’]* [^’]*’)", text))
    )


def _synonyms(text: str, rng: random.Random) -> str:
    for pattern, word in SYNONYMS:
        if rng.random() < 0.8:
            text = re.sub(pattern, word, text, count=1)
    return text


def _renumber(text: str) -> str:
    text = (
        re.sub(
            r"(\d) ?(billion|million)\b",
            lambda m: m[1] + {"billion": "bn", "million": "m"}[m[2]],
            text,
            count=1,
        )
        if re.search(r"[$€£]\d", text)
        else re.sub(r"(\d)\s?(bn)\b", r"\1 billion", text)
    )
    text = re.sub(r"(\d)%", r"\1 percent", text) if "%" in text else re.sub(r"(\d) per ?cent\b", r"\1%", text)
    text = re.sub(r"(?<![\d,])(\d{1,3}),(\d{3})\b(?!,)", r"\1\2", text)
    text = re.sub(
        r"\$(\d[\d.]*)(bn|m)\b",
        lambda m: m[1] + {"bn": " billion dollars", "m": " million dollars"}[m[2]],
        text,
    )
    text = re.sub(
        r"(?<![\d.,:/$€£-])\b([2-9])\b(?![\d.,:/%–-]|\s?(?:p\.?m|a\.?m|percent|per cent))",
        lambda m: SMALL[int(m[1])],
        text,
        count=1,
    )
    return re.sub(
        r"(?<!ty )(?<!ty-)\b(three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
        r"(?![- ](?:hundred|thousand|million|billion))",
        lambda m: str(SMALL.index(m[1])),
        text,
        count=1,
    )


def _redate(text: str) -> str:
    months = "|".join(MONTHS)
    changed = re.sub(
        rf"\b(\d{{1,2}}) ({months})(?: (\d{{4}}))?",
        lambda m: f"{m[2]} {m[1]}" + (f", {m[3]}" if m[3] else ""),
        text,
    )
    if changed == text:
        changed = re.sub(
            rf"\b({months}) (\d{{1,2}})(?:st|nd|rd|th)?(?:,? (\d{{4}}))?\b(?!:)",
            lambda m: f"{m[2]} {m[1]}" + (f" {m[3]}" if m[3] else ""),
            text,
        )
    return changed


def _front_last(text: str) -> str | None:
    match = re.fullmatch(
        r"([^,;:“\"]{25,}) ((?:in|on|at|during|after|before|since) (?:the )?[^,;:“”\"]{4,40})\.", text
    )
    return f"{match[2][0].upper()}{match[2][1:]}, {_lower_first(match[1])}." if match else None


def _unfront(text: str) -> str | None:
    match = re.fullmatch(
        r"((?:In|On|At|During|After|Before|Since|Following) [^,;:“\"]{4,60}), ([^;:“”\"]{20,})\.", text
    )
    return f"{match[2][0].upper()}{match[2][1:]} {match[1][0].lower()}{match[1][1:]}." if match else None


def _respeak(text: str) -> str | None:
    if match := re.fullmatch(rf"({PERSON}) ({SAID}) (?:that )?([^“”\"]{{20,}})\.", text):
        return f"According to {match[1]}, {match[3]}."
    if match := re.fullmatch(rf"([^“”\"]{{20,}}), ({PERSON}) ({SAID})\.", text):
        return f"{match[2]} {match[3]} that {_lower_first(match[1])}."
    if match := re.fullmatch(
        rf"[“\"]([^“”\"]{{20,}}),[”\"] (?:({SAID}) ({PERSON})|({PERSON}) ({SAID}))\.", text
    ):
        speaker = match[3] or match[4]
        return f"{speaker} was quoted as saying: “{match[1]}.”"
    if match := re.fullmatch(rf"According to ({PERSON}), ([^“”\"]{{20,}})\.", text):
        return f"{match[1]} said {match[2]}."
    return None


def _retense(text: str) -> str:
    for pattern, word in (
        (r"\bhas been\b", "was"),
        (r"\bhave been\b", "were"),
        (r"\bwill\b", "would"),
        (r"\bis\b", "was"),
        (r"\bare\b", "were"),
        (r"\bcannot\b", "can't"),
        (r"\bwon['’]t\b", "will not"),
        (r"\bdidn['’]t\b", "did not"),
        (r"\bdid not\b", "didn't"),
        (r"\bhas\b", "had"),
    ):
        changed = re.sub(pattern, word, text, count=1)
        if changed != text:
            return changed
    return text


def _shorten(text: str) -> str | None:
    changed = re.sub(r", (?:who|which|whose|where) [^,;“”\"]{5,80}, ", " ", text, count=1)
    changed = re.sub(r" \([^()]{2,60}\)", "", changed, count=1)
    if re.findall(r"[“\"][^”\"]*[”\"]", changed) != re.findall(r"[“\"][^”\"]*[”\"]", text):
        return None
    if changed == text:
        match = re.fullmatch(r"([^;“”\"]{40,}?),? (?:and|but|while|as) [^“”\";]{25,}\.", text)
        # the first half must be a sentence of its own
        if match and re.search(r"\b(?:was|were|is|are|has|had|will|\w+ed)\b", match[1]):
            changed = match[1] + "."
    return changed


def _renation(text: str) -> str | None:
    for nation, people in NATIONS.items():
        if match := re.search(rf"\b{nation}['’]s (?=[a-z])", text):
            return f"{text[: match.start()]}the {people} {text[match.end() :]}"
    return None


def _passive(text: str) -> str | None:
    match = re.fullmatch(
        rf"({PERSON}) (defeated|beat|accused|criticised|criticized|praised|scored|hosted|banned|awarded|"
        rf"appointed|replaced|joined|blamed|thanked|built) ({PERSON})( [^,;“”\"]+)?\.",
        text,
    )
    if not match:
        return None
    verb = {"beat": "beaten"}.get(match[2], match[2])
    return f"{match[3]} was {verb} by {match[1]}{match[4] or ''}."


def _resolve(text: str, before: str) -> str | None:
    match = re.match(r"(He|She|They|It) (?=[a-z])", text)
    people = re.findall(r"(?<![.!?“\"] )(?<!^)[A-Z][\w'’-]+ [A-Z][\w'’-]+", before)
    if not match or not people:
        return None
    return f"{people[-1]} {text[match.end() :]}"


# ---------------------------------------------------------------- lies


def change_number(text: str, rng: random.Random) -> str | None:
    """One figure changed into another of the same kind."""
    spots = [
        m
        for m in re.finditer(r"(?<![\w.,-])\d[\d,]*(?:\.\d+)?(?![\d])", text)
        if not re.search(r"[A-Za-z][-–]$", text[: m.start()])
    ]
    words = list(
        re.finditer(
            r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|fifty)\b", text
        )
    )
    if not spots and not words:
        return None
    spot = rng.choice(spots + words)
    old = spot.group()
    if old[0].isdigit():
        value = float(old.replace(",", ""))
        whole = "." not in old
        options = [
            value + 1,
            value + rng.randint(2, 9),
            max(value - 1, 0),
            value * 10,
            round(value * 1.5),
            value * 2 + 3,
        ]
        if 1900 <= value <= 2100 and whole:
            options = [value + d for d in (-3, -2, -1, 1, 2, 3, 4)]
        new_value = rng.choice([v for v in options if v != value])
        new = (
            f"{int(new_value):,}"
            if whole and "," in old
            else str(int(new_value))
            if whole
            else f"{new_value:.1f}"
        )
        if new == old:
            return None
    else:
        new = rng.choice(
            [
                w
                for w in ("two", "three", "four", "five", "six", "seven", "nine", "eleven", "forty")
                if w != old
            ]
        )
    return text[: spot.start()] + new + text[spot.end() :]


def change_name(text: str, names_elsewhere: Sequence[str], rng: random.Random) -> str | None:
    """One name changed into one from another article."""
    spots = [
        m
        for m in re.finditer(PERSON, text)
        if m.start() > 0
        and not re.fullmatch("|".join(MONTHS) + "|I|[A-Z]", m.group())
        and not re.search(
            r"[.!?:][”\"]? ?[“\"]?$", text[: m.start()].rstrip(" ") if text[: m.start()] else ""
        )
        and not re.fullmatch(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?", m.group())
    ]
    if not spots:
        return None
    spot = rng.choice(spots)
    new = rng.choice(names_elsewhere)
    return text[: spot.start()] + new + text[spot.end() :]


def change_name_inside(text: str, names_here: Sequence[str], rng: random.Random) -> str | None:
    """One name changed into another of the same passage."""
    spots = [m for m in re.finditer(PERSON, text) if m.group() in names_here]
    if not spots:
        return None
    spot = rng.choice(spots)
    others = [n for n in names_here if n not in text and not set(n.split()) & set(spot.group().split())]
    return text[: spot.start()] + rng.choice(others) + text[spot.end() :] if others else None


def negate(text: str, rng: random.Random) -> str | None:
    """A "not" put in or taken out."""
    if match := re.search(r"(?<!or )\b(not|never) |n['’]t\b", text):
        if match.group() in ("n't", "n’t") and re.search(r"\b(?:ca|wo)$", text[: match.start()]):
            return None
        return text[: match.start()] + text[match.end() :]
    options = []
    if match := re.search(
        r"\b(is|are|was|were|will|would|can|could|should|has|have|had) (?!not\b)(?=[a-z])", text
    ):
        options.append(text[: match.end()] + rng.choice(["not ", "never "]) + text[match.end() :])
    if match := re.search(
        r"(?<=[a-z] )(?<!\bbe )(?<!being )(?<!been )(?<!was )(?<!were )"
        r"(?<!is )(?<!are )(?<!has )(?<!have )(?<!had )(?<!by )(\w{3,})ed (?=the |a |to |in |for |by |that )",
        text,
    ):
        options.append(f"{text[: match.start()]}did not {_infinitive(match[1])} {text[match.end() :]}")
    return rng.choice(options) if options else None


def _infinitive(base: str) -> str:
    """ "announc" → announce, "carri" → carry, "stopp" → stop, "confirm" as it is."""
    if base.endswith("i"):
        return base[:-1] + "y"
    if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz":
        return base[:-1]
    return (
        base + "e"
        if base[-1] in "cvszu"
        or (
            (base[-1] in "tdrgkmnpb" and base[-2] in "aiou" and base[-3] not in "aeiou")
            and is_common(base + "e")
        )
        else base
    )


def swap(text: str, rng: random.Random) -> str | None:
    """Two names change places, one before and one after a verb."""
    people = [
        m
        for m in re.finditer(PERSON, text)
        if not re.fullmatch("|".join(MONTHS) + "|The|In|On|At|But|And|It|He|She|A|This|I", m.group())
    ]
    people = [m for m in people if m.start() > 0 or " " in m.group() or not is_common(m.group().lower())]
    pairs = [
        (a, b)
        for a, b in pairwise(people)
        if re.search(
            rf"\b(?:\w+ed|{SAID}|beat|won|lost|made|gave|took|met|told)\b", text[a.end() : b.start()]
        )
        and not re.search(r"[,;:]|\band\b", text[a.end() : b.start()])
        and a.group() != b.group()
    ]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    return text[: a.start()] + b.group() + text[a.end() : b.start()] + a.group() + text[b.end() :]


def unattribute(text: str) -> str | None:
    """The claim without who claims it."""
    if match := re.fullmatch(
        rf"(?:{PERSON}|[^,;“”\"]{{3,50}}?) (?:{SAID}) (?:that )?([^“”\"]{{25,}})\.", text
    ):
        return f"{match[1][0].upper()}{match[1][1:]}."
    if match := re.fullmatch(
        rf"[“\"]?([^“”\"]{{25,}}),[”\"]? (?:{PERSON} (?:{SAID})|(?:{SAID}) {PERSON})\.", text
    ):
        return match[1] + "."
    if match := re.fullmatch(r"According to [^,]{3,60}, ([^“”\"]{25,})\.", text):
        return f"{match[1][0].upper()}{match[1][1:]}."
    return None


QUOTE_LIES: dict[str, Callable[[str, random.Random], str | None]] = {}


def quote_lie(
    function: Callable[[str, random.Random], str | None],
) -> Callable[[str, random.Random], str | None]:
    QUOTE_LIES[function.__name__] = function
    return function


@quote_lie
def word_changed(sentence: str, rng: random.Random) -> str | None:
    words = sentence.split()
    spots = [n for n, word in enumerate(words) if word.isalpha() and len(word) > 4]
    if not spots:
        return None
    words[rng.choice(spots)] = rng.choice(["certainly", "building", "promised", "yesterday", "secretly"])
    return " ".join(words)


@quote_lie
def word_put_in(sentence: str, rng: random.Random) -> str | None:
    words = sentence.split()
    words.insert(rng.randint(1, len(words) - 1), rng.choice(["not", "never", "secretly", "allegedly"]))
    return " ".join(words)


@quote_lie
def word_left_out(sentence: str, rng: random.Random) -> str | None:
    words = sentence.split()
    del words[rng.randint(1, len(words) - 2)]
    changed = " ".join(words)
    return changed if changed != sentence else None


@quote_lie
def number_changed(sentence: str, rng: random.Random) -> str | None:
    return change_number(sentence, rng)


@quote_lie
def halves_turned(sentence: str, rng: random.Random) -> str | None:
    words = sentence.rstrip(".").split()
    half = len(words) // 2
    return " ".join(words[half:] + words[:half])


@quote_lie
def ellipsis_turned(sentence: str, rng: random.Random) -> str | None:
    words = sentence.rstrip(".").split()
    half = len(words) // 2
    return f"{' '.join(words[half:])} … {' '.join(words[:half])}" if len(words) > 9 else None


@quote_lie
def made_up(sentence: str, rng: random.Random) -> str | None:
    return rng.choice(
        [
            "officials confirmed the figures late on Tuesday evening",
            "the agreement was signed behind closed doors",
            "it was described as the largest of its kind",
            "nobody had expected such a result",
        ]
    )


def _lower_first(text: str) -> str:
    """Lower case at the front of a clause that no longer opens the sentence, unless it is a name."""
    first = text.split(" ", 1)[0]
    small = {
        "The",
        "A",
        "An",
        "It",
        "He",
        "She",
        "They",
        "We",
        "This",
        "That",
        "These",
        "Those",
        "There",
        "In",
        "On",
        "At",
        "Some",
        "Many",
        "More",
        "All",
        "His",
        "Her",
        "Its",
        "Their",
        "No",
        "But",
        "And",
        "When",
        "If",
        "For",
        "As",
        "Most",
        "Both",
    }
    return first.lower() + text[len(first) :] if first in small else text


def _tidy(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip()
    return text[0].upper() + text[1:] if text else text
