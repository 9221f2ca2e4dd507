"""The words of numbers, months and units, and what each is worth: conversions that are exact, and no others."""

from __future__ import annotations

from fractions import Fraction

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

SMALL = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen".split(),
        range(20),
        strict=True,
    )
)
TENS = dict(
    zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True)
)
ORDINALS = {
    "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15,
    "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
SCALES = {
    "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12, "k": 10**3,
    "m": 10**6, "mn": 10**6, "mln": 10**6, "mio": 10**6, "bn": 10**9, "b": 10**9, "tn": 10**12,
    "crore": 10**7, "lakh": 10**5, "dozen": 12, "millions": 10**6, "billions": 10**9, "thousands": 10**3,
}  # fmt: skip
CURRENCIES = {
    "$": "usd", "us$": "usd", "dollar": "usd", "dollars": "usd", "usd": "usd", "€": "eur", "euro": "eur",
    "euros": "eur", "eur": "eur", "£": "gbp", "pound": "gbp", "pounds": "gbp", "gbp": "gbp", "¥": "jpy",
    "yen": "jpy", "yuan": "cny", "₹": "inr", "rupees": "inr", "rupee": "inr", "francs": "chf", "rubles": "rub",
    "roubles": "rub", "riyals": "riyal", "rials": "rial", "pesos": "peso", "won": "krw", "dirhams": "aed",
}  # fmt: skip
MEASURES: dict[str, tuple[str, Fraction]] = {}
"""Unit to its dimension and its size in that dimension: the international yard, pound and their parts are exact.

Degrees of two scales are no multiples of each other, nor are days of months and years, nor the many tons.
"""
for _dimension, _words in {
    "length": "mm=0.001 cm=0.01 m=1 metre=1 meter=1 km=1000 kilometre=1000 kilometer=1000 mile=1609.344 "
    "foot=0.3048 feet=0.3048 ft=0.3048 yard=0.9144 inch=0.0254",
    "mass": "g=0.001 gram=0.001 kg=1 kilo=1 kilogram=1 kilogramme=1 tonne=1000 lb=0.45359237",
    "ton": "ton=1",
    "time": "second=1 sec=1 minute=60 min=60 hour=3600 hr=3600 day=86400 week=604800 "
    "segundo=1 minuto=60 hora=3600 día=86400 semana=604800 seconde=1 heure=3600 jour=86400 semaine=604800 "
    "sekunde=1 sekunden=1 minuten=60 stunde=3600 stunden=3600 tage=86400 tagen=86400 woche=604800 wochen=604800",
    "months": "month=1 year=12 decade=120 century=1200 "
    "mes=1 meses=1 año=12 década=120 siglo=1200 mois=1 ans=12 année=12 siècle=1200 "
    "monat=1 monate=1 monaten=1 jahr=12 jahre=12 jahren=12 jahrzehnt=120 jahrhundert=1200",
    "speed": "mph=1.609344 km/h=1 kph=1 kmh=1",
    "celsius": "°c=1 celsius=1",
    "fahrenheit": "°f=1 fahrenheit=1",
}.items():
    for _entry in _words.split():
        _name, _factor = _entry.split("=")
        MEASURES[_name] = _dimension, Fraction(_factor)


def canonical_unit(unit: str) -> str:
    """One name for every spelling of a measure: the first that shares its dimension and factor."""
    if unit not in MEASURES:
        return unit
    return next(name for name, size in MEASURES.items() if size == MEASURES[unit])
