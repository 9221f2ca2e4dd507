"""The small words that tell where a clause or a noun phrase starts and ends."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ingest.statements.clauses import Token
from ingest.text.quantities.units import WEEKDAYS

_FIRST_NAMES = Path(__file__).parent.parent / "text" / "lexicon" / "en" / "first_names.txt"

JOINS = frozenset("and but or nor yet &".split())
OPENS_CLAUSE = frozenset(
    "that because as while when if although though whereas since until unless where whether how why what who whom "
    "whose which than once so after before lest".split()
)
BE = frozenset("is are was were be been being am 's 're isn't aren't wasn't weren't".split())
HAVE = frozenset("has have had having".split())
MODALS = frozenset(
    "will would shall should can could may might must do does did won't wouldn't can't cannot couldn't don't "
    "doesn't didn't shouldn't hasn't haven't hadn't ought let".split()
)
FINITE = (
    BE
    | HAVE
    | MODALS
    | frozenset(
        "it's he's she's they're we're i'm you're there's that's i've we've they've i'd he'd she'd i'll we'll it'll "
        "they'll what's who's came went made took got gave saw knew began became left held kept lost won met paid "
        "put ran sat sent set spoke stood told wrote fell found felt led brought built bought broke chose drew "
        "drove grew heard hit let meant needs wants means makes takes goes comes gives says seems looks remains "
        "shows plans hopes sold spent struck taught thought threw understood wants rose sought died lied".split()
    )
)
PRONOUNS = frozenset("he she they i we you it".split())
DETERMINERS = frozenset(
    "the a an this these those his her its their our my your some many several most any all both another one two "
    "three four five no each every other such more few much".split()
)
PREPOSITIONS = frozenset(
    "of in on at to for from by with about against into over under between among during through across via near "
    "within without behind beyond despite amid inside outside following including like since until upon towards "
    "toward around per".split()
)
ADVERBS = frozenset(
    "also later then now again still even just only often once never today yesterday earlier soon too however "
    "meanwhile nevertheless nonetheless himself herself themselves itself previously further instead ever always "
    "already first reportedly there indeed sometimes not already both all simply".split()
)
NEGATIONS = frozenset("not never no neither nor without hardly".split())
MONTHS = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sept sep oct nov dec jan. feb. aug. sept. oct. nov. dec.".split()
)
SPEECH_NOUNS = frozenset(
    "statement interview tweet speech email e-mail letter post memo report blog video message note filing release "
    "briefing conference call op-ed column debate address remarks comments testimony article book podcast meeting "
    "tweets posts rally appearance press editorial hearing affidavit series".split()
)
TITLES = frozenset(
    "mr mrs ms miss dr sir madam lord lady dame prof sen rep gov gen lt col rev sgt capt president vice premier prime "
    "minister chairman chairwoman chair director coach manager senator governor mayor judge justice professor captain "
    "king queen prince princess pope secretary sergeant colonel general officer ceo founder co-founder journalist "
    "spokesman spokeswoman spokesperson spokespeople ambassador commissioner attorney congressman congresswoman "
    "representative speaker leader chief analyst strategist pollster adviser advisor counsel lawyer deputy assistant "
    "head reporter editor author economist actor actress striker goalkeeper midfielder defender forward quarterback "
    "candidate nominee chancellor sheriff detective archbishop bishop cardinal father imam sheikh player star boss "
    "executive vp cfo cto coo commentator columnist correspondent historian researcher scientist".split()
)
PARTICLES = frozenset(
    "de la le von van der den al bin ibn del da di du el los so in my an see many love".split()
)
COLLECTIVES = frozenset(
    "officials sources critics experts supporters aides analysts people lawyers prosecutors police scientists "
    "researchers authorities campaign administration committee company department agency government ministry team "
    "group organisation organization union party".split()
)
DAYS = frozenset(WEEKDAYS) | {"today", "yesterday", "tonight", "tomorrow"}
ADJUNCT_NOUNS = DAYS | frozenset("morning night evening afternoon week month year weekend".split())


@cache
def first_names() -> dict[str, str]:
    """First names, lower case, and the pronoun of who bears them: "he", "she" or "any"."""
    names: dict[str, str] = {}
    who = ""
    for line in _FIRST_NAMES.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        label, colon, rest = line.partition(": ")
        who = label if colon else who
        names.update(dict.fromkeys((rest if colon else line).split(), who))
    return {name: who for name, who in names.items() if name not in PARTICLES}


def is_adverb(token: Token) -> bool:
    low = token.low
    return low in ADVERBS or (low.endswith("ly") and len(low) > 4 and not token.is_capital)


def is_finite(token: Token) -> bool:
    """Surely a finite verb, or a pronoun joined with one."""
    return token.low in FINITE or token.low.endswith("n't")


def is_past(token: Token) -> bool:
    return len(token.low) > 4 and token.low.endswith("ed") and not token.is_capital


OUTLET_WORDS = frozenset(
    "bbc cnn nbc abc cbs npr pbs msnbc cnbc fox reuters ap afp dpa tass ria bloomberg axios politico espn itv sky "
    "bbc's cnn's fox's nbc's abc's cbs's times post guardian journal news newspaper magazine radio tv television "
    "daily herald tribune telegraph mail independent observer press gazette wire broadcaster outlet agency "
    "interfax xinhua aljazeera jazeera variety wired forbes fortune vox buzzfeed huffpost breitbart vice slate "
    "polygon ign kotaku techcrunch goal marca kicker bild spiegel monde figaro".split()
)
"""Words of which one stands in the name of nearly every outlet, folded."""
PLACES_AND_BODIES = frozenset(
    "inc corp corporation ltd llc university college institute party house senate congress committee department "
    "ministry agency council commission association federation union bank group company club court police office "
    "administration campaign center centre foundation league army force forces fund organization organisation times "
    "post news society states kingdom republic city county state street stadium cup international fc united board "
    "service services security bureau authority watch network coalition alliance tribunal parliament government".split()
)
"""Words of names that no single person bears, folded."""
