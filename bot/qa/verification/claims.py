"""Whether a sentence still says what its source says: not negated, nobody swapped, the speaker kept.

No string check can settle this; these rules find the plain cases and stay silent on the rest, so that honest
paraphrase passes. Each returns why the sentence fails, or None.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from ingest.text.names import places_in
from ingest.text.quantities.comparing import compatible
from ingest.text.quantities.figures import figures
from ingest.text.wording import Word, stem, wording

_NEGATORS = frozenset("not no never none nobody nothing neither nor cannot without hardly".split())
_REFUSALS = frozenset(
    "deny refuse fail reject declin lack avoid prevent unabl impossibl forbid ban prohibit block stop "
    "halt cancel dismiss rule absent missing miss unlik fals untrue wrong stopped dispute contradict "
    "disput refut abandon scrap".split()
)
_NOT_REALLY = re.compile(
    r"\bnot\s+(?:only|just|merely|simply|least)\b|\bno doubt\b|\bor not\b|\bnot to mention\b"
    r"|\bnothing (?:but|short)\b|\bwithout (?:a )?doubt\b|\bno\. ?\d|\b(?:no|not) (?:more|fewer|less|later) than\b"
)
_NOT_ONLY = re.compile(r"\b(not\s+)?(only|just|merely|simply)\b")
_EMPTY = frozenset("almost quite tru true case evidenc evidence fact it happen clear".split())
_OPPOSITES = [
    frozenset(pair.split("/"))
    for pair in (
        "rise/fall increase/decrease increase/decline increase/reduce grow/shrink rise/drop climb/drop "
        "gain/lose accept/reject approve/reject support/oppose back/oppose allow/ban allow/forbid "
        "allow/prohibit permit/ban permit/forbid permit/prohibit open/close start/end begin/end win/lose "
        "pass/fail confirm/deny admit/deny agree/refuse agree/disagree join/leave arrive/leave "
        "before/after more/fewer more/less higher/lower highest/lowest most/least first/last best/worst "
        "largest/smallest biggest/smallest guilty/innocent legal/illegal safe/unsafe safe/dangerous "
        "early/late success/failure praise/criticise strengthen/weaken lift/impose enter/leave buy/sell "
        "public/private above/below up/down cheap/expensive hot/cold male/female men/women man/woman "
        "north/south east/west left/right old/new older/newer young/old full/empty deny/confirm hire/fire "
        "attack/defend include/exclude"
    ).split()
]
_OPPOSITE_STEMS = [frozenset(stem(word) for word in pair) for pair in _OPPOSITES]
_CONVERSE = frozenset(stem(word) for word in "win lose beat defeat buy sell loss victory".split())
_BE = frozenset("is are was were be been being get got gets".split())
_SAY = frozenset(
    stem(word)
    for word in "say tell claim allege report accuse announce state argue insist deny warn note add "
    "explain describe suggest believe think estimate predict expect promise vow admit acknowledge confirm "
    "reveal write quote cite maintain assert contend declare complain urge demand criticise condemn "
    "praise call stress conclude speculate reckon comment tweet post remark recall express reiterate "
    "emphasise rumour doubt fear hope consider deem question blame defend voice describe conclude find "
    "show indicate hint imply reply respond answer ask told feel regard propose recommend dismiss reject "
    "reply urge label dub hail brand lament advise pledge credit attribute worry concern".split()
)
_DOUBTFUL = frozenset(
    stem(word)
    for word in "claim allege accuse suggest believe speculate rumour suspect reckon insist argue contend "
    "assert think imply hint estimate".split()
) | {"reportedly", "allegedly", "reported", "alleg"}
_FACTIVE = frozenset(
    stem(word)
    for word in "confirm reveal prove admit acknowledge demonstrate establish verify disclose concede".split()
)
_SOURCED = re.compile(
    r"\b(?:according to|reportedly|allegedly|alleged|apparently|purported(?:ly)?|supposed(?:ly)?|so-called|"
    r"rumoured|rumored|"
    r"in the words of|in (?:his|her|their|its) (?:view|words|opinion)|as per|by (?:his|her|their|its) own account|"
    r"(?:say|tell)ing|statement|accusations?|allegations?|claims?|reports?|complaints?|concerns?|criticisms?|comments?|"
    r"interview|survey|study|poll|testimony|estimates?|denial|remarks?|views?|opinions?|warnings?|"
    r"rumou?rs?|speculation|"
    r"the article|made (?:it )?(?:known|public|clear)|citing|quoted|cited|for (?:him|her|them))\b",
    re.IGNORECASE,
)
_GIVES_SOURCE = re.compile(
    r"\b(?:according to|reportedly|allegedly|alleged|purportedly|supposedly|rumou?red|in the words of|claims? that|"
    r"allegations? that|accusations? that|reports? that|rumou?rs that)\b",
    re.IGNORECASE,
)
_STRONG_SAY = frozenset(
    stem(word)
    for word in "say tell claim allege report accuse insist argue believe suggest maintain assert contend "
    "deny warn complain estimate predict speculate reckon declare state announce add write tweet promise "
    "vow think".split()
)
_DETERMINERS = frozenset("the a an this its their his her of no".split())
_ARTICLES = ("the", "a", "an", "that")
_WINDOW = 9


def negated(sentence: str, source: str) -> str | None:
    """The sentence denies what its source affirms, or the reverse, or says the opposite word of it."""
    ours, theirs = wording(sentence), wording(source)
    our_stems, their_stems = _stems(ours), _stems(theirs)
    # "refused" in both is a word like any other, and "did not refuse" then negates it
    both = our_stems & their_stems & _REFUSALS
    our_cues, their_cues = list(_cues(ours, sentence, both)), list(_cues(theirs, source, both))
    our_scopes = [scope for scope, _ in our_cues]
    their_scopes = [scope for scope, _ in their_cues]
    our_free, their_free = _unpaired(our_scopes, their_scopes)
    for n in our_free:
        scope, plain = our_cues[n]
        if plain and set(scope[:2]) & their_stems:
            return "it denies what the quoted words affirm"
    for n in their_free:
        scope, plain = their_cues[n]
        denied = plain and scope and (set(scope[:2]) <= our_stems or _retold(scope, theirs, our_stems))
        if denied and not _un_words(ours, scope) and not (our_stems - their_stems) & _REFUSALS:
            return "it affirms what the quoted words deny"
    mine, other = ({bool(m[1]) for m in _NOT_ONLY.finditer(text.lower())} for text in (sentence, source))
    if mine and other and not mine & other:
        return 'it turns round a "not only" of the quoted words'
    for pair in _OPPOSITE_STEMS:
        one, two = sorted(pair)
        for word, opposite in ((one, two), (two, one)):
            if {word, opposite} & our_stems == {word} and {word, opposite} & their_stems == {opposite}:
                negations = _near_cue(word, our_scopes) + _near_cue(opposite, their_scopes)
                converse = word in _CONVERSE and opposite in _CONVERSE
                if negations % 2 == 0 and not converse and _same_matter(ours, theirs, word, opposite):
                    return f"it says the opposite of the quoted words ({word}, {opposite})"
    for these, those in ((our_stems, their_stems), (their_stems, our_stems)):
        for word in these - those:
            for prefix in ("un", "in", "im", "il", "ir", "dis", "non"):
                rest = word.removeprefix(prefix).lstrip("-")
                if (
                    rest != word
                    and len(rest) > 3
                    and (stem(rest) in those or rest in those)
                    and not (our_cues or their_cues)
                ):
                    return f"it says the opposite of the quoted words ({word})"
    return None


def swapped(sentence: str, source: str) -> str | None:
    """The sentence gives one name's part to another: who did it changed places with whom, or was replaced."""
    ours, theirs = wording(sentence), wording(source)
    speaking = speakers(ours) | speakers(theirs)
    verdicts: Counter[frozenset[str]] = Counter()
    mine, other = (Counter(w.key for w in words if w.kind == "content") for words in (ours, theirs))
    for key in sorted(key for key in mine if mine[key] == other[key] == 1):
        for left, right in _sides(ours, key, speaking):
            for their_left, their_right in _sides(theirs, key, speaking):
                for one in left & (their_left | their_right):
                    for two in right & (their_left | their_right) - {one}:
                        if one in their_left - their_right and two in their_right - their_left:
                            verdicts[frozenset((one, two))] += 1
                        elif one in their_right - their_left and two in their_left - their_right:
                            verdicts[frozenset((one, two))] -= 1
    for pair, verdict in sorted(verdicts.items(), key=lambda item: item[1]):
        if verdict < 0:
            return f"it swaps who did what ({', '.join(sorted(pair))})"
    return _moved_figures(ours, theirs) or _replaced(ours, theirs)


def unattributed(sentence: str, source: str) -> str | None:
    """The source gives these words to a speaker, or doubts them; the sentence states them as fact."""
    ours, theirs = wording(sentence), wording(source)
    says = _said(ours)
    # what the sentence itself puts in quotation marks is plainly somebody's words
    bare = re.sub(r"[“\"][^“”\"]*[”\"]", " ", sentence)
    spoken = _spoken(wording(bare), theirs, source)
    if (
        spoken
        and re.search(r"\b(?:I|[Ww]e|[Mm]y|[Oo]ur|us)\b", bare)
        and not re.search(r"\b(?:I|we)\b", _outside(source))
    ):
        return "it states as fact what the article has somebody say"
    if not says and not _SOURCED.search(sentence):
        if spoken:
            return "it states as fact what the article has somebody say"
        return "it leaves out who says so" if _is_said(theirs, source, ours) else None
    their_says = _said(theirs)
    if says and says <= _FACTIVE and their_says and their_says <= _DOUBTFUL:
        return "it turns a claim into a fact"
    our_speaker, their_speaker = speakers(ours), speakers(theirs)
    if (
        our_speaker
        and their_speaker
        and not our_speaker & their_speaker
        and not _same_place(our_speaker, their_speaker)
    ):
        elsewhere = {word.key for word in ours if word.kind == "name"} & their_speaker
        known = {word.key for word in theirs if word.kind == "name"}
        if our_speaker <= known or not elsewhere:
            return "it gives the words to another speaker"
    return None


def overlap(sentence: str, source: str) -> tuple[int, int]:
    """How many of the names, figures and words of `sentence` the source has too, and how many there are."""
    ours, theirs = wording(sentence), wording(source)
    mine = {word.key for word in ours if word.kind != "small"}
    other = {word.key for word in theirs}
    prefixes = {key[:5] for key in other if len(key) >= 5}
    shared = {key for key in mine if key in other or (len(key) >= 5 and key[:5] in prefixes)}
    places = places_in(w.text for w in theirs)
    shared |= {w.key for w in ours if w.key in mine - shared and places_in([w.text]) & places}
    return len(shared), len(mine)


def _stems(words: Sequence[Word]) -> set[str]:
    return {word.key for word in words if word.kind == "content"} | {
        word.text
        for word in words
        if word.text in ("more", "most", "before", "after", "up", "below", "above")
    }


def _cues(words: Sequence[Word], text: str, neutral: set[str]) -> Iterator[tuple[list[str], bool]]:
    """The stems in reach of every negation, nearest first; `plain` is a bare "not", against "refused to"."""
    skipped = [match.span() for match in _NOT_REALLY.finditer(text.lower())]
    for index, word in enumerate(words):
        plain = word.text in _NEGATORS or word.text.endswith(("n't", "n’t"))
        if not plain and (word.key not in _REFUSALS or word.key in neutral):
            continue
        if plain and any(start <= word.start < end for start, end in skipped):
            continue
        reach = [w for w in words[index + 1 : index + 9] if _means(w)]
        after = [w.key for w in reach if w.clause == word.clause] or [w.key for w in reach]
        before = [w.key for w in reversed(words[max(0, index - 6) : index]) if _means(w)]
        yield (after[:4] + before[:1] if after else before[:2]), plain


def _means(word: Word) -> bool:
    """A word that can be denied: no adverb, and no "case" or "true", which stand for what follows."""
    return word.kind == "content" and word.key not in _EMPTY and not word.text.endswith("ly")


def _unpaired(ours: Sequence[Sequence[str]], theirs: Sequence[Sequence[str]]) -> tuple[list[int], list[int]]:
    """Negations of either side that have none of the other over the same words, matched one to one."""
    scores = sorted(
        (
            (-sum(2 if n < 2 else 1 for n, key in enumerate(one) if key in two), i, j)
            for i, one in enumerate(ours)
            for j, two in enumerate(theirs)
            if set(one) & set(two)
        ),
    )
    mine, other = set(range(len(ours))), set(range(len(theirs)))
    for _, i, j in scores:
        if i in mine and j in other:
            mine.discard(i)
            other.discard(j)
    return sorted(mine), sorted(other)


def _retold(scope: Sequence[str], theirs: Sequence[Word], our_stems: set[str]) -> bool:
    """Whether the denied word is in the sentence, with most of the clause that it stands in."""
    if scope[0] not in our_stems:
        return False
    clauses = {word.clause for word in theirs if word.key == scope[0]}
    rest = {word.key for word in theirs if word.clause in clauses and word.kind == "content"}
    return len(rest & our_stems) >= 0.5 * len(rest)


def _near_cue(key: str, scopes: Sequence[Sequence[str]]) -> int:
    return sum(key in scope for scope in scopes)


def _un_words(words: Sequence[Word], scope: Sequence[str]) -> bool:
    prefixes = ("un", "in", "im", "dis", "non", "non-", "ir", "il")
    return any(word.key == prefix + key for word in words for key in scope for prefix in prefixes)


def _same_matter(ours: Sequence[Word], theirs: Sequence[Word], mine: str, other: str) -> bool:
    """Both opposite words stand beside the same things: half of the sentence's other words are in the source."""
    rest = [word.key for word in ours if word.kind in ("content", "figure", "name") and word.key != mine]
    known = {word.key for word in theirs} - {other}
    return bool(rest) and sum(key in known for key in rest) / len(rest) >= 0.6


def _sides(words: Sequence[Word], key: str, speaking: set[str]) -> Iterator[tuple[set[str], set[str]]]:
    """For every place where a shared word stands: the names before and after it, turned round in the passive."""
    for index, word in enumerate(words):
        if word.key != key or word.kind != "content":
            continue
        left = {w.key for w in words[max(0, index - _WINDOW) : index] if w.kind == "name"} - speaking
        right = {w.key for w in words[index + 1 : index + 1 + _WINDOW] if w.kind == "name"} - speaking
        passive = (
            word.text.endswith(("ed", "en", "n", "t", "d", "k"))
            and any(w.text in _BE for w in words[max(0, index - 3) : index])
            and any(w.text == "by" for w in words[index + 1 : index + 1 + _WINDOW])
        )
        noun = any(w.text == "by" for w in words[index + 1 : index + 3]) and not passive
        yield (right, left) if passive or noun else (left, right)


def _moved_figures(ours: Sequence[Word], theirs: Sequence[Word]) -> str | None:
    """Two figures that each stand beside the other's words."""
    mine = [index for index, word in enumerate(ours) if word.kind == "figure"]
    other = {word.key: index for index, word in enumerate(theirs) if word.kind == "figure"}
    both = [index for index in mine if ours[index].key in other]
    for n, one in enumerate(both):
        for two in both[n + 1 :]:
            if ours[one].key == ours[two].key:
                continue
            a, b = _beside(ours, one), _beside(ours, two)
            c, d = _beside(theirs, other[ours[one].key]), _beside(theirs, other[ours[two].key])
            a, b = a - b, b - a
            c, d = c - d, d - c
            if a & d and b & c and not (a & c or b & d):
                return f"it swaps its figures ({ours[one].text}, {ours[two].text})"
    return None


def _beside(words: Sequence[Word], index: int) -> set[str]:
    near = [*words[max(0, index - 3) : index], *words[index + 1 : index + 4]]
    return {
        word.key
        for word in near
        if word.kind in ("content", "name") and abs(word.clause - words[index].clause) == 0
    }


def _replaced(ours: Sequence[Word], theirs: Sequence[Word]) -> str | None:
    """A name or figure stands in the slot where the source, word for word the same beside it, has another."""
    mine = [word for word in ours if word.text not in _ARTICLES]
    other = [word for word in theirs if word.text not in _ARTICLES]
    blocks = SequenceMatcher(
        None, [w.key for w in mine], [w.key for w in other], autojunk=False
    ).get_opcodes()
    our_count, their_count = Counter(w.key for w in mine), Counter(w.key for w in other)
    slots: list[tuple[Word, Word, int]] = []
    for n, (tag, a, b, c, d) in enumerate(blocks):
        if tag != "replace":
            continue
        left = blocks[n - 1] if n else None
        right = blocks[n + 1] if n + 1 < len(blocks) else None
        held_left = _weight(mine[left[1] : left[2]][-4:]) if left and left[0] == "equal" else 0
        held_right = _weight(mine[right[1] : right[2]][:4]) if right and right[0] == "equal" else 0
        if held_left:
            slots.append((mine[a], other[c], held_left + (held_right if b - a == d - c == 1 else 0)))
        if held_right and (b - a > 1 or d - c > 1 or not held_left):
            slots.append((mine[b - 1], other[d - 1], held_right))
    crossed = {(said.key, was.key) for said, was, _ in slots}
    for said, was, held in slots:
        if said.key != was.key and (was.key, said.key) in crossed and "name" in (said.kind, was.kind):
            return f"it swaps who did what ({said.text}, {was.text})"
        enough = 2 if said.kind == "figure" else 4
        if said.kind != was.kind or said.kind not in ("name", "figure") or held < enough or _alike(said, was):
            continue
        if our_count[was.key] < their_count[was.key] and our_count[said.key] > their_count[said.key]:
            return f"it has {said.text} where the quoted words have {was.text}"
    return None


def _weight(words: Sequence[Word]) -> int:
    return sum(1 if word.kind == "small" else 2 for word in words)


def _alike(said: Word, was: Word) -> bool:
    one, two = said.text, was.text
    if said.kind == "figure":
        mine, other = figures(one.title()), figures(two.title())  # a month is known by its capital
        return not mine or not other or any(compatible(a, b) for a in mine for b in other)
    if _same_place({one}, {two}) or set(one.split()) & set(two.split()):
        return True
    return any(
        len(long.split()) > 1 and "".join(part[0] for part in long.split()) == short.replace(".", "")
        for long, short in ((one, two), (two, one))
    )


def _same_place(one: set[str], two: set[str]) -> bool:
    return bool(places_in(" ".join(one).split()) & places_in(" ".join(two).split()))


def _said(words: Sequence[Word]) -> set[str]:
    """The verbs of saying: no "to say the least", and no noun ("out of the question")."""
    found = set()
    for index, word in enumerate(words):
        before = words[index - 1].text if index else ""
        if word.key in _SAY and not (before == "to" and word.text == "say") and before not in _DETERMINERS:
            found.add(word.key)
    return found


def _outside(source: str) -> str:
    """What the article says in its own voice: the text outside quotation marks."""
    kept, last = "", 0
    for start, end in _quotations(source):
        kept, last = kept + source[last:start] + " ", end
    return kept + source[last:]


def _quotations(source: str) -> list[tuple[int, int]]:
    """Stretches between quotation marks, of more than three words; an open one runs to the end."""
    found = []
    opened = None
    for index, char in enumerate(source):
        if char in "“„«" or (char == '"' and opened is None):
            if opened is None:
                opened = index
        elif char in '”»"' and opened is not None:
            found.append((opened, index + 1))
            opened = None
    if opened is not None:
        found.append((opened, len(source)))
    return [span for span in found if len(source[slice(*span)].split()) > 3]


def _spoken(ours: Sequence[Word], theirs: Sequence[Word], source: str) -> bool:
    """Whether what the sentence retells stands between quotation marks, so that somebody is speaking it."""
    spans = _quotations(source)
    if not spans:
        return False
    mine = {word.key for word in ours if word.kind != "small"}
    inside = {w.key for w in theirs if w.kind != "small" and any(a <= w.start < b for a, b in spans)}
    outside = {w.key for w in theirs if w.kind != "small" and not any(a <= w.start < b for a, b in spans)}
    return len(mine & inside - outside) >= 2 and len(mine & inside) >= 2 * len(mine & outside - inside)


def _is_said(theirs: Sequence[Word], source: str, ours: Sequence[Word]) -> bool:
    """Whether the clause that the sentence retells stands under a verb of saying or a "reportedly"."""
    mine = {word.key for word in ours if word.kind != "small"}
    clauses: dict[int, list[Word]] = {}
    for word in theirs:
        clauses.setdefault(word.clause, []).append(word)
    weights = {n: sum(word.key in mine for word in words) for n, words in clauses.items()}
    if not weights or max(weights.values()) == 0:
        return False
    main = max(weights, key=lambda n: weights[n])
    for n, words in clauses.items():
        text = source[words[0].start : words[-1].end]
        marked = bool(_GIVES_SOURCE.search(text)) or any(
            _governs(words, index) for index in range(len(words))
        )
        if not marked:
            continue
        if _after_verb(words, mine, text):
            return True
        if n == main:
            continue
        aside = len(words) <= 9 and weights[n] <= max(1, len(words) // 3) and not _says_its_own(words)
        if aside and abs(n - main) <= 2:
            return True
        if n < main and main - n <= 2 and _ends_open(words):
            return True
    return False


def _governs(words: Sequence[Word], index: int) -> bool:
    word = words[index]
    if word.key not in _STRONG_SAY or word.kind == "name":
        return False
    if index and words[index - 1].text in (
        "the",
        "a",
        "an",
        "this",
        "that",
        "its",
        "their",
        "his",
        "her",
        "to",
    ):
        return False  # a noun ("the claim"), or "to say"
    if word.key in ("state", "report", "estimat", "add", "claim", "promis") and not word.text.endswith(
        ("ed", "s", "es", "ing")
    ):
        return index > 0 and words[index - 1].kind == "name"
    if word.text.endswith("ing") and (index + 1 >= len(words) or words[index + 1].text != "that"):
        return False  # "gives warning before"
    if word.key == "add":
        return index + 1 >= len(words) or words[index + 1].text in ("that", "it", "he", "she", "they")
    return word.text not in ("state", "states", "tells", "post", "added to")


def _after_verb(words: Sequence[Word], mine: set[str], text: str) -> bool:
    """What the sentence retells comes under the verb, and is not the saying itself."""
    if _GIVES_SOURCE.search(text):
        return sum(word.key in mine for word in words) >= 2
    for index in range(len(words)):
        if _governs(words, index):
            after = sum(word.key in mine for word in words[index + 1 :])
            before = sum(word.key in mine for word in words[:index])
            return after >= 2 and after >= before
    return False


def _says_its_own(words: Sequence[Word]) -> bool:
    """ "and Messi said he was happy": a clause whose verb of saying has its own matter behind it."""
    for index in range(len(words)):
        if _governs(words, index):
            after = words[index + 1 : index + 2]
            return bool(after) and after[0].text in ("he", "she", "it", "they", "that", "there", "we", "i")
    return False


def _ends_open(words: Sequence[Word]) -> bool:
    return words[-1].key in _STRONG_SAY or words[-1].text == "that"


def speakers(words: Sequence[Word]) -> set[str]:
    """The name that is the very next word to a verb of saying, or that "according to" names."""
    found: set[str] = set()
    for index, word in enumerate(words):
        if word.key in _STRONG_SAY or word.key in _FACTIVE:
            if index and words[index - 1].kind == "name" and words[index - 1].clause == word.clause:
                found.add(words[index - 1].key)
            elif word.key == "say" and index + 1 < len(words) and words[index + 1].kind == "name":
                after = words[index + 2] if index + 2 < len(words) else None
                # "..., said Regragui." but not "says Bin Hammam did not attend"
                if words[index + 1].clause == word.clause and (after is None or after.clause != word.clause):
                    found.add(words[index + 1].key)
        if word.text == "according" and index + 2 < len(words):
            named = [w for w in words[index + 2 : index + 4] if w.text != "the"]
            if named and named[0].kind == "name":
                found.add(named[0].key)
    return found
