"""Words whose dot ends no sentence, in the languages that news is read in here: English, German, French, Spanish.

The language of a text is not known where sentences are told apart, so all four stand side by side. Every word is
written in lower case and without its last dot.
"""

from __future__ import annotations

import re

# whatever follows belongs to them, so a sentence never ends here
_ALWAYS = frozenset(
    """
    approx bzgl bzw ca cf d.h e.g ggf i.e incl inkl insb p.ex resp sog vgl viz vs z.b z.t zzgl
    """.split()
)

# a name or a noun follows them, unless the next word can only open a sentence
_BEFORE_NAME = frozenset(
    """
    adm amb asst atty brig capt cmdr col comdr cpl cpt det dipl dr dra esp ft gen gob gov hon
    hr hrn ing insp lic lt ltn maj messrs mgr mill mio mlle mlles mm mme mmes mr mrd mrs ms msgr mt nat pfc pres prof
    profa pte pvt rep reps rev sen sens sgt spc sra sras sres srta st sta ste sto supt tsd u.a
    """.split()
)

# they count something: "Vol. 55", "Art. 5", but "modern art."
_BEFORE_NUMBER = frozenset(
    """
    abs abb apr april art aug avr bd chap dec déc dez dic ene feb févr fév fig figs janv jan jul juil jun kap mar max
    mär min no nos nov nr núm oct okt op p pág págs par pp sep sept sec tel vol vols
    """.split()
)

# they may well end a sentence, but not before a small letter
_BEFORE_SMALL = frozenset(
    """
    abs alt apr aug ave bd bros cap co corp cu dec dept dez dic dpto ed eds est etc exc fasc feb fr fri ft gal hrs
    inc inst jan jr lb lbs ltd max min mins mio mon mrd nov núm oct okt oz pkg pt qt qts sat sec sep sept sq sr sun
    tbsp tel thu thur thurs tsp tue tues univ usw uu wed yd
    ala ariz ark calif colo conn del fla ga ill ind kan ky la mass md mich minn miss mo mont neb nev okla ore pa penn
    tenn tex va vt wash wis wyo
    """.split()
)

_MONTH = (
    r"(?:Jan(?:uar|uary|vier)?|Feb(?:ruar|ruary)?|Mar(?:ch)?|März|Apr(?:il)?|Mai|June?|Juni|July?|Juli"
    r"|Aug(?:ust)?|Sept?(?:ember)?|O[ck]t(?:ober)?|Nov(?:ember)?|De[cz](?:ember)?"
    r"|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)\b"
)
_DAY = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs?)?|Fri|Sat(?:ur)?|Sun)(?:day)?s?\b"
_ZONE = r"(?:[A-Z]{1,3}[DS]?T|GMT|UTC|local|Local|Eastern|Central|Mountain|Pacific)\b"

_HOUR = re.compile(r"(?<!\w)[ap]\. ?m\.$", re.IGNORECASE)
_AFTER_HOUR = re.compile(
    rf"\(?(?:{_DAY}(?!['’]s?\b| (?:is|was|will|would|has|had|marks|brings)\b)"
    rf"|(?:{_MONTH}|May)\.? \d|{_ZONE}|[A-Z]\w+ (?:[A-Z]\w+ )?[Tt]ime\b"
    rf"|\d{{1,2}}(?:[/:]\d|(?:st|nd|rd|th)\b|\.? {_MONTH}| ?[ap]\.?m\b))"
)

_DATED = re.compile(rf"(?<!\S)(?P<month>(?:{_MONTH}|May)\.? )?(?:[12]?\d|3[01])\.$")
_STARTS_WITH_MONTH = re.compile(rf"(?:{_MONTH}|May (?=\d))(?! (?:is|was|will|has|had)\b)")
# "im 21. Jahrhundert": these stand before a number only in German, where a dot makes it an ordinal
_ORDINAL = re.compile(
    r"(?<!\w)(?:der|dem|den|vom|zum|zur|im|ins|beim|ein(?:e[mnrs]?)?|sein(?:e[mnrs]?)?|ihr(?:e[mnrs]?)?)"
    r" \d{1,3}\.$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<!\S)\(?\d{1,3}\.$")
_NEXT_NUMBER = re.compile(r"(?:und|oder|bis|sowie|bzw\.) \d")
_ORDINAL_NOUN = re.compile(
    r"(?:Jahrhundert|Jahrtausend|Jahrestag|Jubiläum|Geburtstag|Lebensjahr|Platz|Rang|Runde|Spieltag|Spielminute|Minute"
    r"|Liga|Bundesliga|Weltkrieg|Etappe|Auflage|Quartal|Halbjahr|Staffel|Stock|Klasse|FC)(?:e?s|e)?\b"
)

_LONG = re.compile(r"(?<!\w)(?:z\. ?B|z\. ?T|d\. ?h|p\. ?ex|i\. ?d\. ?R|p\. ?ej|c\.-à-d)\.$", re.IGNORECASE)
_PLURAL = re.compile(r"(?<!\w)([A-Z])\1\.$")  # Spanish doubles the letters: "EE. UU.", "FF. AA."
_PLURAL_NEXT = re.compile(r"([A-Z])\1\.")
_OPENING = " \"“”„«‘‚'(["
_NEAR = 24  # characters before the dot that are looked at

_APART = re.compile(r"""[^\w.]+""")

_FIRST_WORD = re.compile(r"\w+(?=[\s,’'])")
_STARTERS = frozenset(
    """
    a according after all also although an and another as at because before both but by despite during each even few
    for from had has have he her here his how however i if in instead is it its just last later many meanwhile more
    most my neither no nobody nor not nothing now of on once one only or other our over she since so some still such
    than that the their then there these they this those though to today too two under until we what when where
    whether which while who why with would yes yesterday yet you your
    aber alle allerdings als am an auch auf aus außerdem bei beide bis da dabei dadurch dafür daher damit danach dann
    darauf darüber darum das dass davon dazu dem den denn der deren des dessen deshalb die dies diese dieser dieses
    doch dort durch ebenso ein eine einem einen einer eines er erst es etwa für gegen heute hier hinzu ich ihr ihre im
    in ist jedoch jetzt kein keine man mit nach nachdem nicht noch nun nur ob obwohl oder ohne seit sein seine sich
    sie so sollte sowohl trotz über um und unter viele vom von vor während wann warum was wegen weil weiter wenn wer
    wie wir wird wo zu zudem zum zur zwar zwischen
    ainsi alors après au aussi aux avant avec ce cela celle celui cependant ces cet cette comme dans depuis des donc
    du elle elles en enfin entre et il ils je la le les leur leurs lors lorsque mais malgré ne nous on or où par
    parmi pour pourtant puis quand que quelque qui sa sans selon ses si son sous sur tandis toutefois tous tout un
    une vers vous
    además ahora al algunos antes aquí así aun aunque ayer bajo cada como con contra cuando de del desde después donde
    durante él el ella ellos entonces entre era es esa ese eso esta este esto estos fue ha hasta hay hoy la las lo los
    mientras muchos ni no nos nuestra otra otro para pero por porque pues según ser si sin sino sobre su sus también
    tras tu un una uno y ya yo
    """.split()
)


def goes_on(before: str, after: str) -> bool:
    """The dot that ends `before` abbreviates, counts or dates something, so that `after` belongs to its sentence."""
    following = after.lstrip(_OPENING)
    if not following or not before.endswith("."):
        return False
    before = before[-_NEAR:]
    word = _APART.split(before[:-1])[-1].lower()
    if _abbreviates(word, following) or (word.isdigit() and _orders(before, following)):
        return True
    return len(word) < 4 and (
        bool(_LONG.search(before))
        or bool(_HOUR.search(before) and (_AFTER_HOUR.match(after) or following[0].islower()))
        or bool(_PLURAL.search(before) and _PLURAL_NEXT.match(following))
    )


def starts_sentence(text: str) -> bool:
    """The first word of `text` is one that names rarely start with."""
    word = _FIRST_WORD.match(text)
    return word is not None and word.group()[0].isupper() and word.group().lower() in _STARTERS


def may_go_on(word: str) -> bool:
    """Cheap and too generous: False where `goes_on` cannot be true after `word` and a dot."""
    if len(word) < 4 or "." in word:
        return True
    return not word.isalpha() or word.lower() in _KNOWN


def _abbreviates(word: str, following: str) -> bool:
    if word in _ALWAYS:
        return True
    if word in _BEFORE_NAME and not starts_sentence(following):
        return True
    if word in _BEFORE_NUMBER and following[0].isdigit():
        return True
    return following[0].islower() and (word in _BEFORE_SMALL or word in _BEFORE_NAME or "." in word)


def _orders(before: str, following: str) -> bool:
    """A number with a dot that is a day of a month or, in German, an ordinal."""
    dated = _DATED.search(before)
    if dated and not dated["month"] and _STARTS_WITH_MONTH.match(following):
        return True
    if not _NUMBER.search(before):
        return False
    return bool(_ORDINAL_NOUN.match(following) or _NEXT_NUMBER.match(following)) or bool(
        _ORDINAL.search(before) and following[0].isupper() and not starts_sentence(following)
    )


_KNOWN = _ALWAYS | _BEFORE_NAME | _BEFORE_NUMBER | _BEFORE_SMALL
