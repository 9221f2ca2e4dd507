# ruff: noqa: E402
"""How many bad sentences the check lets through, and how many good ones it drops.

    python benchmarks/citations.py [--corpus ../shared/bench/fifa/articles.jsonl] [--sentences 1500] [--seed 1]

Real sentences of the corpus are retold by rule with real quotes (good), and spoilt in known ways (bad), by a scripted
generator; each is checked among eight passages, two of them neighbours of the one it rests on. A bad sentence counts as
let through when it is shown with its lie; a quote cited to the wrong passage, when any citation shown is not where the
quote stands. Prints a table, and with --json one object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1])]  # so that it runs as a script too

from benchmarks import scripted_drafts as scripted
from benchmarks.scripted_drafts import Case, ScriptedGenerator
from bot.qa.answers import CheckedSentence, Evidence
from bot.qa.drafts import DraftQuote, DraftSentence
from bot.qa.verification.citations import CitationChecker
from bot.qa.verification.quotes import fold, proves_something
from ingest.articles.article import Article
from ingest.index.chunking import Passage, split_article
from ingest.sources.corpus_reader import read_corpus
from ingest.sources.sources import Source
from ingest.text.names import is_common
from ingest.text.sentences import sentence_spans

ROOT = Path(__file__).parents[1]
DEFAULT = ROOT.parent / "shared" / "bench" / "fifa" / "articles.jsonl"
PASSAGES = 8
FUNCTION = frozenset(
    "the a an of to in and that for is was on with as at by it from has have had were are be".split()
)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, default=DEFAULT)
    parser.add_argument("--sentences", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", default="", help="print the failures of this kind")
    parser.add_argument("--limit", type=int, default=40, help="how many failures to print")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not options.corpus.exists():
        print(f"There is no corpus at {options.corpus}; name one with --corpus.", file=sys.stderr)
        return 2
    rng = random.Random(options.seed)
    passages = read_passages(options.corpus)
    began = time.perf_counter()
    outcome = asyncio.run(measure(passages, options.sentences, rng))
    report(outcome, time.perf_counter() - began, options)
    return 0


def read_passages(corpus: Path) -> list[Evidence]:
    """Every passage of the corpus, an article's in order."""
    found = read_corpus([Source(corpus.name, corpus.resolve())])
    articles = [item for item in found if isinstance(item, Article)]
    return [
        Evidence(passage, article, 1.0)
        for article in articles
        for passage in split_article(article, lambda text: len(text) // 4)
    ]


def usable(sentence: str) -> bool:
    """English prose, and not a headline, a menu or a stump."""
    words = sentence.split()
    if (
        not 9 <= len(words) <= 40
        or not re.match(r"[“\"]?[A-Z]", sentence)
        or not re.search(r"[.!?][”\"]?$", sentence)
    ):
        return False
    small = sum(word.lower() in FUNCTION for word in words) / len(words)
    capital = sum(word[0].isupper() for word in words) / len(words)
    marks = sentence.count("“") == sentence.count("”") and sentence.count('"') % 2 == 0
    return small >= 0.2 and capital <= 0.5 and marks and "http" not in sentence


class Outcome:
    def __init__(self) -> None:
        self.total: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.moved = 0
        self.rules: dict[str, Counter[str]] = defaultdict(Counter)
        self.failures: dict[str, list[str]] = defaultdict(list)
        self.good: set[str] = set()
        self.reasons: Counter[str] = Counter()


async def measure(passages: Sequence[Evidence], sentences: int, rng: random.Random) -> Outcome:
    outcome = Outcome()
    names = sorted(
        {
            m
            for item in rng.sample(passages, min(300, len(passages)))
            for m in re.findall(r"(?<=[a-z,] )[A-Z][a-z]+ [A-Z][a-z]+", item.passage.text)
        }
    )
    # two ordinary words that open a heading are no name
    names = [
        name for name in names if not all(len(word) < 3 or is_common(word.lower()) for word in name.split())
    ]
    order = list(range(len(passages)))
    rng.shuffle(order)
    done = 0
    for index in order:
        evidence, home = surrounded(passages, index, rng)
        text = passages[index].passage.text
        spans = [span for span in sentence_spans(text) if usable(text[slice(*span)])]
        if not spans:
            continue
        start, end = rng.choice(spans)
        cases = make_cases(text[start:end], text[:start], evidence, home, names, rng)
        await check(cases, evidence, outcome)
        done += 1
        if done >= sentences:
            break
    return outcome


def surrounded(passages: Sequence[Evidence], index: int, rng: random.Random) -> tuple[list[Evidence], int]:
    """A passage among its neighbours and strangers, and where it stands there."""
    chosen = [index]
    chosen += [
        n
        for n in (index - 1, index + 1)
        if 0 <= n < len(passages) and passages[n].article.id == passages[index].article.id
    ]
    while len(chosen) < min(PASSAGES, len(passages)):
        other = rng.randrange(len(passages))
        if other not in chosen:
            chosen.append(other)
    rng.shuffle(chosen)
    return [passages[n] for n in chosen], chosen.index(index)


def make_cases(
    sentence: str,
    before: str,
    evidence: Sequence[Evidence],
    home: int,
    elsewhere: Sequence[str],
    rng: random.Random,
) -> list[Case]:
    number = home + 1
    article = evidence[home].article
    text = evidence[home].passage.text
    cases: list[Case] = []

    def add(
        kind: str, good: bool, said: str | None, quotes: Sequence[tuple[int, str]], rule: str = ""
    ) -> None:
        if said and quotes and all(proves_something(quote) for _, quote in quotes):
            cases.append(
                Case(
                    kind, good, DraftSentence(said, tuple(DraftQuote(*quote) for quote in quotes)), home, rule
                )
            )

    retold = scripted.paraphrases(sentence, before, article.source, rng)
    for rule, said in rng.sample(retold, min(3, len(retold))):
        style, quote = scripted.typed_quote(sentence, rng)
        add("good", True, said, [(number, quote)], f"{rule}/{style}")
    rule, said = rng.choice(retold)
    _, quote = scripted.typed_quote(sentence, rng)

    for name in rng.sample(sorted(scripted.QUOTE_LIES), 2):
        lie = scripted.QUOTE_LIES[name](sentence, rng)
        first, _, last = (lie or "").partition(" … ")
        if lie and not any(in_order(first, last, item.passage.text) for item in evidence):
            add("invented quote", False, said, [(number, lie)], name)
    others = [n for n in range(len(evidence)) if n != home]
    other = rng.choice(others)
    add("wrong passage", False, said, [(rng.choice([other + 1, 0, 99, -3]), quote)])
    stranger = [item for item in sentences_of(evidence[other].passage.text) if item not in text]
    if stranger:
        add("unrelated quote", False, said, [(other + 1, rng.choice(stranger))])
        half, tail = " ".join(sentence.split()[:6]), " ".join(rng.choice(stranger).split()[-6:])
        if not any(in_order(half, tail, item.passage.text) for item in evidence):
            add("invented quote", False, said, [(number, f"{half} … {tail}")], "two passages spliced")
    add("changed number", False, scripted.change_number(said, rng), [(number, quote)], rule)
    add(
        "changed name",
        False,
        scripted.change_name(
            said,
            [n for n in elsewhere if not set(n.split()) & set(re.findall(r"\w+", text + article.title))],
            rng,
        ),
        [(number, quote)],
        rule,
    )
    here = sorted(set(re.findall(r"(?<=[a-z,] )[A-Z][a-z]+ [A-Z][a-z]+", text)))
    add(
        "changed name, from the same passage",
        False,
        scripted.change_name_inside(said, here, rng),
        [(number, quote)],
        rule,
    )
    add("negated", False, scripted.negate(said, rng), [(number, quote)], rule)
    add("swapped", False, scripted.swap(said, rng), [(number, quote)], rule)
    add("attribution lost", False, scripted.unattribute(sentence), [(number, quote)])
    lie = rng.choice(
        ["a complete disaster for everyone", "the best thing that ever happened", "we will never agree to it"]
    )
    if lie not in text:
        add(
            "invented words in quotation marks",
            False,
            f"{said.rstrip('.')}, calling it “{lie}”.",
            [(number, quote)],
        )
    return cases


def in_order(first: str, last: str, text: str) -> bool:
    """Whether a passage happens to have both parts of a lie, so that it is none."""
    one, two, whole = (fold(part).text.strip(" .,?!") for part in (first, last, text))
    at = whole.find(one)
    return at >= 0 and two in whole[at + len(one) :]


def sentences_of(text: str) -> list[str]:
    return [text[a:b] for a, b in sentence_spans(text) if usable(text[a:b])]


async def check(cases: Sequence[Case], evidence: Sequence[Evidence], outcome: Outcome) -> None:
    """Each case by itself: a sentence that was said already would be dropped for that."""
    for case in cases:
        async for draft in ScriptedGenerator([case]).write("", evidence):
            checker = CitationChecker(evidence)
            checked = checker.check(draft)
            shown = isinstance(checked, CheckedSentence)
            kind = case.kind
            outcome.total[kind] += 1
            if case.good:
                outcome.good.add(kind)
                wrong = not shown
                outcome.rules[kind][case.rule.split("/")[0]] += 1
                if wrong:
                    outcome.reasons[re.sub(r"[:(].*| (?:figure|name) .*", "", checked.reason)] += 1
            elif kind == "wrong passage":
                wrong = shown and not cited_right(checker, case)
                outcome.moved += shown and not wrong
            else:
                wrong = shown
            if wrong:
                outcome.wrong[kind] += 1
                why = "" if shown else f"  <- {checked.reason}"
                outcome.failures[kind].append(
                    f"[{case.rule}] {case.draft.text}{why}\n      quote: {case.draft.quotes[0].text}"
                )


def cited_right(checker: CitationChecker, case: Case) -> bool:
    """Every citation stands word for word where it says, and is the quote that was drafted."""
    wanted = re.sub(r"\W", "", fold(case.draft.quotes[0].text.split("…")[0]).text)
    for citation, held in zip(checker.citations, checker.held, strict=True):
        body = held.evidence.article.body
        passage: Passage = held.evidence.passage
        inside = passage.start <= citation.start < citation.end <= passage.end
        if body[citation.start : citation.end] != citation.quote or not inside:
            return False
        if not re.sub(r"\W", "", fold(citation.quote).text).startswith(wanted):
            return False
    return True


def report(outcome: Outcome, seconds: float, options: argparse.Namespace) -> None:
    rows = {}
    for kind in sorted(outcome.total, key=lambda kind: (kind not in outcome.good, kind)):
        total, wrong = outcome.total[kind], outcome.wrong[kind]
        rows[kind] = {
            "sentences": total,
            "dropped" if kind in outcome.good else "let_through": wrong,
            "percent": round(100 * wrong / total, 2),
        }
    if options.json:
        print(
            json.dumps(
                {
                    "corpus": options.corpus.parent.name,
                    "kinds": rows,
                    "moved": outcome.moved,
                    "seconds": round(seconds, 1),
                }
            )
        )
        return
    checked = sum(outcome.total.values())
    print(
        f"{checked} drafted sentences from {options.corpus.parent.name}, {1000 * seconds / checked:.1f} ms each\n"
    )
    print(f"{'kind':40}{'sentences':>10}{'wrong':>8}{'share':>9}")
    for kind, row in rows.items():
        what = "dropped" if kind in outcome.good else "let through"
        print(f"{kind:40}{row['sentences']:>10}{outcome.wrong[kind]:>8}{row['percent']:>8}%  {what}")
    print(f"\nquotes cited to the wrong passage and moved to the right one: {outcome.moved}")
    if outcome.reasons:
        print("good sentences were dropped because", dict(outcome.reasons.most_common(8)))
    for failure in outcome.failures[options.show][: options.limit]:
        print(" -", failure)


if __name__ == "__main__":
    raise SystemExit(main())
