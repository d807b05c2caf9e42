"""Units and scale words as people write them, and how units of one dimension convert. Currencies never convert."""

from __future__ import annotations

from decimal import Decimal

_POWERS = {
    3: "thousand thousands k tausend tsd mille miles milhares mila mil duizend тыс 千",
    6: "million millions mn mm mio m millionen millón millones milhão milhões milione milioni miljoen mln млн 百万",
    9: "billion billions bn b milliard milliards mrd milliarde milliarden miliardi mld miljard млрд 十億 十亿",
    12: "trillion trillions tn t billionen billones трлн 兆",
    4: "万 萬",
    8: "亿 億",
    5: "lakh lakhs lac lacs",
    7: "crore crores cr",
}
SCALE_OF = {word: Decimal(10) ** power for power, words in _POWERS.items() for word in words.split()}
ONLY_AFTER_MONEY = frozenset(("m", "b", "t", "k", "mm", "mil", "mille", "cr", "miles"))  # "5 m" alone may be metres

_UNITS = {
    "%": "% percent pct prozent pourcent procent процентов процента パーセント",
    "‰": "‰ permille promille",
    "percentage points": "pp pps ppt ppts prozentpunkte prozentpunkten prozentpunkt procentpunten procentpunt",
    "basis points": "bp bps basispunkte basispunkten basispunten",
    "$": "$ usd dollar dollars us$",
    "€": "€ eur euro euros",
    "£": "£ gbp",
    "¥": "¥ jpy cny rmb yen yuan 円 元",
    "₹": "₹ inr rs rupee rupees",
    "CHF": "chf franken sfr",
    "kr": "kr kroner kronor kronen krone krona crowns sek nok dkk",
    "zł": "zł pln złoty zloty",
    "seconds": "s sec secs second seconds sekunde sekunden seconde secondes segundo segundos secondi seconden",
    "minutes": "min mins minute minutes minuten minuto minutos minuti minuut",
    "hours": "h hr hrs hour hours std stunde stunden heure heures hora horas ora uur uren",
    "days": "day days tag tage tagen jour jours día días dia dias giorno giorni dag dagen",
    "weeks": "week weeks woche wochen semaine semaines semana semanas settimana settimane weken",
    "months": "month months monat monate monaten mois mes meses mês mese mesi maand maanden",
    "years": "year years yr yrs jahr jahre jahren ans année années año años ano anos anno anni jaar jaren",
    "mm": "mm millimeter millimeters millimetre millimetres millimètres milímetros millimetri",
    "cm": "cm centimeter centimeters centimetre centimetres zentimeter centimètres centímetros centimetri",
    "m": "m meter meters metern metre metres mètre mètres metro metros metri",
    "km": "km kilometer kilometers kilometern kilometre kilometres kilomètres kilómetros quilômetros chilometri",
    "in": "inch inches",
    "ft": "ft foot feet",
    "yd": "yd yard yards",
    "mi": "mile miles mi",
    "m²": "m² m2 sqm qm",
    "km²": "km² km2",
    "ha": "ha hectare hectares hektar hectáreas hectares ettari",
    "acres": "acre acres",
    "mg": "mg milligram milligrams milligramm",
    "g": "g gram grams gramm grammes gramos grammi",
    "kg": "kg kilogram kilograms kilogramm kilo kilos kilogrammes kilogramos chilogrammi chili",
    "t": "t tonne tonnes tons ton tonnen toneladas tonnellate",
    "lb": "lb lbs",
    "pounds": "pound pounds",
    "oz": "oz ounce ounces",
    "ml": "ml milliliter millilitre millilitres",
    "l": "l liter liters litern litre litres litro litros litri",
    "m³": "m³ m3",
    "gal": "gallon gallons gal",
    "km/h": "km/h kmh kph",
    "mph": "mph",
    "°C": "°c ℃ celsius",
    "°F": "°f ℉ fahrenheit",
    "W": "w watt watts",
    "kW": "kw",
    "MW": "mw",
    "GW": "gw",
    "kWh": "kwh",
    "MWh": "mwh",
    "GWh": "gwh",
    "TWh": "twh",
    "V": "v volt volts",
    "A": "amp amps",
    "mAh": "mah",
    "Hz": "hz",
    "kHz": "khz",
    "MHz": "mhz",
    "GHz": "ghz",
    "KB": "kb",
    "MB": "mb",
    "GB": "gb",
    "TB": "tb",
}
UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}
MONEY = frozenset({"$", "€", "£", "¥", "₹", "CHF", "kr", "zł"})

# Units of one dimension, each in terms of the first.
_D = Decimal
_DIMENSIONS: tuple[dict[str, Decimal], ...] = (
    {"seconds": _D(1), "minutes": _D(60), "hours": _D(3600), "days": _D(86_400), "weeks": _D(604_800)}
    | {"months": _D(2_629_800), "years": _D(31_557_600)},
    {"mm": _D(1), "cm": _D(10), "m": _D(1000), "km": _D(1_000_000)}
    | {"in": _D("25.4"), "ft": _D("304.8"), "yd": _D("914.4"), "mi": _D(1_609_344)},
    {"m²": _D(1), "ha": _D(10_000), "km²": _D(1_000_000), "acres": _D("4046.8564224")},
    {"mg": _D(1), "g": _D(1000), "kg": _D(1_000_000), "t": _D(1_000_000_000)}
    | {"oz": _D("28349.523125"), "lb": _D("453592.37"), "pounds": _D("453592.37")},
    {"ml": _D(1), "l": _D(1000), "m³": _D(1_000_000)},
    {"km/h": _D(1), "mph": _D("1.609344")},
    {"W": _D(1), "kW": _D(1000), "MW": _D(1_000_000), "GW": _D(1_000_000_000)},
    {"kWh": _D(1), "MWh": _D(1000), "GWh": _D(1_000_000), "TWh": _D(1_000_000_000)},
    {"Hz": _D(1), "kHz": _D(1000), "MHz": _D(1_000_000), "GHz": _D(1_000_000_000)},
    {"KB": _D(1), "MB": _D(1000), "GB": _D(1_000_000), "TB": _D(1_000_000_000)},
    {"%": _D(1), "‰": _D("0.1")},
    {"percentage points": _D(1), "basis points": _D("0.01")},
)
BASE_OF: dict[str, tuple[str, Decimal]] = {
    unit: (next(iter(units)), factor) for units in _DIMENSIONS for unit, factor in units.items()
}


def same_unit(one: str, other: str) -> bool:
    """Whether two units may be the same. Pounds in words are a weight or a currency."""
    return one == other or (one != other and {one, other} in ({"pounds", "£"}, {"pounds", "lb"}))


def converted(value: Decimal, unit: str, wanted: str) -> Decimal | None:
    """A value in another unit; None where the two do not measure the same.

    >>> converted(Decimal(5), "km", "m"), converted(Decimal(100), "°C", "°F"), converted(Decimal(5), "€", "$")
    (Decimal('5000'), Decimal('212.0'), None)
    """
    if unit == "°C" and wanted == "°F":
        return value * Decimal("1.8") + 32
    if unit == "°F" and wanted == "°C":
        return (value - 32) / Decimal("1.8")
    (base, factor), (other, divisor) = BASE_OF.get(unit, ("", Decimal(1))), BASE_OF.get(wanted, ("", Decimal(1)))
    return value * factor / divisor if base and base == other else None
