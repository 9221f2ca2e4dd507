"""The words of a sentence as the checks compare them: stems, what kind each is, and clauses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from ingest.text import stemming
from ingest.text.names import names, words_of
from ingest.text.quantities.figures import figures

_FUNCTION = frozenset(
    "a an the this that these those i me my we us our you your he him his she her it its they them their "
    "who whom whose which what where when why how and or but nor so yet if then than as at by for from in "
    "into of off on onto out over to up with within about above after again against along among around "
    "before behind below between beyond during since through throughout toward towards under until upon "
    "via while although though because is am are was were be been being do does did doing have has had "
    "having will would shall should can could may might must also only just very too more most much many "
    "some any each every all both other another such own same there here one s t re ve ll d however "
    "meanwhile whether per either even still already now not no never n't cannot without neither none "
    "nobody nothing hardly".split()
)
_IRREGULAR = {
    form: entry.split("/")[0]
    for entry in (
        "win/won lose/lost/loss beat/beaten begin/began/begun take/took/taken give/gave/given make/made "
        "go/went/gone come/came hold/held build/built/building pay/paid/payment spend/spent "
        "sell/sold/sale tell/told find/found lead/led meet/met/meeting leave/left rise/rose/risen "
        "fall/fell/fallen grow/grew/grown/growth write/wrote/written speak/spoke/spoken/speech "
        "break/broke/broken choose/chose/chosen/choice draw/drew/drawn know/knew/known see/saw/seen "
        "become/became keep/kept bring/brought buy/bought think/thought teach/taught catch/caught "
        "fight/fought send/sent mean/meant feel/felt hear/heard stand/stood strike/struck shoot/shot "
        "run/ran wear/wore/worn throw/threw/thrown fly/flew/flown drive/drove/driven ride/rode "
        "hide/hid/hidden eat/ate/eaten forbid/forbade/forbidden forget/forgot/forgotten "
        "steal/stole/stolen freeze/froze/frozen shake/shook/shaken withdraw/withdrew/withdrawn/withdrawal "
        "say/said/says show/shown die/died/dies/dead/death/deaths get/got/gotten set/setting sign/signed "
        "arrive/arrival deny/denied/denial refuse/refusal agree/agreed/agreement claim/claimed "
        "announce/announced/announcement decide/decided/decision host/hosting/hosted "
        "accuse/accused/accusation criticise/criticised/criticize/criticized/criticism "
        "organise/organised/organize/organized/organiser/organizer/organisers/organizers man/men "
        "woman/women child/children person/people country/countries feed/fed lie/lay/lain seek/sought "
        "sing/sang/sung sink/sank/sunk swim/swam understand/understood wake/woke bear/bore/born "
        "blow/blew/blown undergo/underwent overcome/overcame defeat/defeated score/scored/scoring "
        "kill/killed/killing destroy/destroyed/destruction invade/invaded/invasion "
        "note/noted/notes/noting attack/attacked launch/launched appoint/appointed/appointment "
        "elect/elected/election replace/replaced/replacement"
    ).split()
    for form in entry.split("/")
}
_BREAKS = re.compile(r"[,;:()\[\]—–]|\s-\s|[.!?]\s|\n")
_JOINS = frozenset("but while whereas although though because".split())


@dataclass(frozen=True, slots=True)
class Word:
    """One word: `kind` is name, figure, content or small; `key` is what it is compared by; `clause` counts up."""

    text: str
    key: str
    kind: str
    start: int
    end: int
    clause: int


def wording(text: str) -> list[Word]:
    """The words of `text` in order. A longer name is one word, keyed by its last part; so is a figure."""
    spans: list[tuple[int, int, str, str]] = []
    taken: set[int] = set()
    for figure in figures(text):
        if not figure.soft:
            key = f"{figure.kind}:{','.join(map(str, sorted(figure.values)))}{figure.parts or ''}"
            spans.append((figure.start, figure.end, "figure", key))
            taken.update(range(figure.start, figure.end))
    for name in names(text):
        if not taken & set(range(name.start, name.end)):
            spans.append((name.start, name.end, "name", name.words[-1]))
            taken.update(range(name.start, name.end))
    for word, start, end in words_of(text):
        if start not in taken and end - 1 not in taken:
            small = word in _FUNCTION or (len(word) < 2 and word.isascii())
            spans.append((start, end, "small" if small else "content", word if small else stem(word)))
    spans.sort()
    out: list[Word] = []
    clause = previous = 0
    for start, end, kind, key in spans:
        if (previous and _BREAKS.search(text[previous:start])) or (kind == "small" and key in _JOINS):
            clause += 1
        out.append(Word(text[start:end].lower(), key, kind, start, end, clause))
        previous = end
    return out


@cache
def stem(word: str) -> str:
    """The stem of a word, and that of its first form where it has irregular ones: "bought" and "buying" are one.

    Of words joined by a hyphen the last is stemmed, so that "non-compliant" ends as "compliant" does.
    """
    joined, hyphen, last = word.rpartition("-")
    return joined + hyphen + stemming.stem(_IRREGULAR.get(last, last))
