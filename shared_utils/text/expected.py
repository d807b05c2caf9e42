"""What an answer must hold by what a question asks for: a colour, a telephone number, an address of mail or of the web.

"What is the telephone number of the commission?" is answered by no sentence about the commission that has no such
number, however many of the question's words it repeats (the expected answer type of question answering: Li and Roth,
"Learning question classifiers", 2002; here only types whose values are told by their form).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from shared_utils.text.folding import fold


@dataclass(frozen=True, slots=True)
class ExpectedType:
    """How a question asks for values of one form, and the form, both in folded text."""

    name: str
    asks: re.Pattern[str]
    form: re.Pattern[str]

    def is_in(self, text: str) -> bool:
        """Whether a text holds a value of this form."""
        return self.form.search(fold(text)) is not None


_USED = (
    r"(?:cited|quoted|citations?|download(?:s|ed)?|view(?:s|ed)|watched|zitiert|zitate|heruntergeladen|citee?s?"
    r"|citad[oa]s?|citat[oaie]|citaciones|citazioni|geciteerd)"
)
PRICE = ExpectedType(
    "price",
    re.compile(
        r"\bhow much (?:does|do|did|will|would) (?!.*\b(?:company|group|segment|firm)\b).{2,60}\bcosts?\b"
        r"|\b(?:what|which) (?:is|was) the (?:\w+ )?price of\b"
        r"|\b(?:was|wie ?viel) kostet\b|\bwie (?:teuer|hoch ist der (?:preis|kaufpreis)\b)"
        r"|\bcombien coute\b|\bquel est le prix\b|\bcuanto (?:cuesta|vale)\b|\bcual es el precio\b"
        r"|\bquanto (?:costa|custa)\b|\bqual e (?:il prezzo|o preco)\b|\b(?:hoeveel|wat) kost\b"
    ),
    re.compile(
        r"[$€£¥]|\b(?:usd|eur|gbp|chf|jpy|dollars?|euros?|pounds?|pence|cents?|francs?|franken|pesos?|reais|ct)\b"
        r"|\b(?:free(?! software)|gratis|kostenlos|gratuit\w*|millions?|billions?|mio|mrd)\b"
        r"|(?<![\d.,])\d{1,3}(?:[.,' ]\d{3})*[.,]\d\d(?![\d.,]*\d)|(?<![\d.,])\d{1,3}(?:[.,]\d{3})+(?!\d)"
    ),
)
_TYPES = (
    ExpectedType(
        "age",
        re.compile(
            r"\bhow old (?:is|was|are|were)\b|\bwie alt (?:ist|war|sind|waren)\b|\bquel age (?:a|avait|ont|avaient)\b"
            r"|\bque edad tien\w+\b|\bcuantos anos (?:tien|teni)\w+\b|\bquanti anni (?:ha|hanno|aveva)\b"
            r"|\bquantos anos (?:tem|tinha)\b|\bhoe oud (?:is|was|zijn|waren)\b"
        ),
        re.compile(
            r"\b\d+(?:[.,]\d+)?[ -](?:years?|yrs?|jahren?|ans|anos|anni|jaar)\b(?! ended)"
            r"|\b(?:ages?|aged|old(?:er|est)?|born|birth\w*|founded|built|established|alter|jahrig\w*|geboren\w*"
            r"|geburt\w*|geb|gegrundet|gebaut|erbaut|nee?s? (?:le|en|a)|naissance|fondee?|edad|naci\w+|eta|nat[oa]"
            r"|nascid[oa]|nasciment\w+|idade|oud|leeftijd|fundad[oa]|fondat[oa]|gebouwd|opgericht)\b"
            r"|\b(?:since|seit|depuis|desde|dal|sinds) (?:1[0-9]|20)\d\d\b"
            r"|\b(?:1[0-9]|20)\d\d ?[-–] ?(?:(?:1[0-9]|20)\d\d|\))"
        ),
    ),
    ExpectedType(
        "weight",
        re.compile(
            r"\bhow heavy (?:is|are|was)\b|\bhow much (?:does|do|did) .{2,60}\bweigh\b|\bwie schwer (?:ist|sind|war)\b"
            r"|\bwie ?viel wiegt\b|\bcombien pese\b|\bquel est le poids\b|\bcuanto pesa\b|\bcual es el peso\b"
            r"|\bquanto pesa\b|\bqual e (?:il|o) peso\b|\bhoe zwaar\b|\bhoeveel weegt\b"
        ),
        re.compile(
            r"\d ?(?:[kmµ]?g|t)\b|(?<![a-z])(?:kg|lbs?|oz|tonn\w*|tons?|pounds?|ounces?|(?:kilo|milli)?gramm?\w*"
            r"|kilos?|\w*weigh\w*|\w*gewicht\w*|wieg\w*|poids|pes\w{1,3}|mass\w?|zwaar|weeg\w*|light\w*|heav\w+)(?![a-z])"
        ),
    ),
    ExpectedType(
        "pay",
        re.compile(
            r"\b(?:what|which|how (?:high|much|large)) (?:\w+ )?(?:is|was|are|were)? ?(?:the |his |her |their )?"
            r"(?:\w+['’]s |\w+ )?(?:salar(?:y|ies)|wages?|bonus(?:es)?)\b|\bhow much (?:money|pay)\b"
            r"|\bwie (?:hoch|viel) .{0,20}(?:lohn|gehalt|verdienst)\b|\bquel(?:le)? est (?:le |la |l['’])(?:salaire"
            r"|remuneration)\b|\bcual es (?:el|la) (?:salario|sueldo|remuneracion)\b|\bqual e (?:lo|o) (?:stipendio"
            r"|salari?o)\b|\bhoe hoog is het (?:salaris|loon)\b"
        ),
        PRICE.form,
    ),
    ExpectedType(
        "colour",
        re.compile(
            r"\b(?:what|which) (?:\w+ )?colou?rs?\b(?! (?:space|profile|mode|temperature|cast|scheme|model|code))"
            r"|\b(?:what|which) (?:is|are|was|were) the (?:\w+ )?colou?rs?\b|\bwelche \w*farben?\b|\bwelcher farbe\b"
            r"|\bquelles? couleurs?\b|\b(?:que|de que) color\b|\b(?:che|di che) colore\b|\b(?:que|qual) (?:a )?cor\b"
            r"|\bwelke kleur\b"
        ),
        re.compile(
            r"\b(?:red|blue|green|yellow|white|black|gr[ea]y|orange|purple|pink|brown|violet|golden|silver|beige|cyan"
            r"|magenta|turquoise|rot\w{0,2}|blau\w{0,2}|grun\w{0,2}|gelb\w{0,2}|weiss\w{0,2}|schwarz\w{0,2}"
            r"|grau\w{0,2}|lila|rosa|braun\w{0,2}|rouges?|bleue?s?|verte?s?|jaunes?|blanc(?:he)?s?|noire?s?|gris(?:e)?s?"
            r"|roj[oa]s?|azul(?:es)?|verdes?|amarill[oa]s?|blanc[oa]s?|negr[oa]s?|ross[oaie]|blu|verdi|giall[oaie]"
            r"|bianc[oa]|ner[oaie]|grigi[oa]|vermelh[oa]s?|amarel[oa]s?|branc[oa]s?|pret[oa]s?|rood|rode|blauwe?|groene?"
            r"|gele|geel|witte?|zwarte?)\b"
        ),
    ),
    ExpectedType(
        "telephone number",
        re.compile(
            r"\b(?:(?:tele)?phone|fax|mobile|contact|hotline) (?:no\b|numbers?\b)|\btelefonnummern?\b|\bfaxnummer\b"
            r"|\bnumero (?:de |di )?(?:telephone|telefono|fax)\b|\bnumero de telefone\b|\btelefoonnummer\b"
        ),
        re.compile(
            r"(?<![\d.,/])(?!\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b)(?!(?:19|20)\d\d\b)"  # no date, no years
            r"\+?\(?\d[\d ()/.–-]{5,}\d(?![\d.,/%])"
        ),
    ),
    ExpectedType(
        "mail address",
        re.compile(
            r"\be-?mail (?:address(?:es)?|contact)\b|\be-?mail-?adressen?\b|\badresse (?:e-?mail|electronique)\b"
            r"|\bcorreo electronico\b|\bindirizzo e-?mail\b|\bendereco de e-?mail\b|\be-?mailadres\b"
        ),
        re.compile(r"[\w.+-]+\s?@\s?[\w-]+\.\w+"),
    ),
    ExpectedType(
        "web address",
        re.compile(
            r"\b(?:web ?site|web ?page|web|internet) (?:address|url|link)(?:es)?\b|\burl of\b|\binternetadresse\b"
            r"|\b(?:what|which) (?:is|are) the (?:\w+ ){0,3}(?:web ?sites?|url|home ?page)\b|\bwebadresse\b"
        ),
        re.compile(
            r"https?://|\bwww\.|\b[\w-]{2,}\.(?:com|org|net|gov|edu|io|eu|int|info|co\.\w\w|de|fr|es|it|nl|uk|us|ca|ch|at)\b"
        ),
    ),
    PRICE,
    ExpectedType(
        "times that others used it",
        re.compile(
            r"\bhow (?:many times|often)\b.*\b(?:cited|quoted|downloaded|viewed|watched)\b"
            r"|\b(?:number|count) of (?:citations|downloads|views)\b|\b(?:citation|download) counts?\b"
            r"|\bwie oft\b.*\b(?:zitiert|heruntergeladen|angesehen)\b"
            r"|\bcombien de fois\b.*\b(?:cite|telecharge|vu)e?s?\b"
            r"|\bcuantas veces\b.*\b(?:cita|descarga)d[oa]s?\b|\bquante volte\b.*\b(?:citat|scaricat)[oaie]\b"
            r"|\bquantas vezes\b.*\b(?:citad|baixad)[oa]s?\b|\bhoe vaak\b.*\b(?:geciteerd|gedownload|bekeken)\b"
        ),
        re.compile(
            rf"\b{_USED}\b.{{0,30}}\d|\d.{{0,20}}\b{_USED}\b|\b(?:once|twice|often|times)\b.{{0,20}}\b{_USED}\b"
        ),
    ),
)

# What is asked to be left undone. A sentence may forbid in words that are not told here, so none is ruled out by it.
_PROHIBITION = ExpectedType(
    "prohibition",
    re.compile(
        r"\b(?:what|which|who|when|where|how)\b.*\b(?:avoid(?:ed)?|(?:should|must|may|can)(?: \w+)? (?:not|never)"
        r"|(?:should|must)n['’]t|not (?:to )?(?:do|be done)|not (?:allowed|permitted)|prohibited|forbidden|banned)\b"
        r"|\b(?:was|wer|wann|wo|welche\w?|womit)\b.*\b(?:vermeiden|vermieden|verboten|untersagt"
        r"|(?:darf|durfen|soll\w*|muss)\b.*\b(?:nicht|kein\w*))\b"
        r"|\b(?:que|quoi|quel(?:le)?s?|qui)\b.*\b(?:eviter|interdit\w*"
        r"|ne (?:doit|doivent|faut|peut|peuvent)(?:\W\w+)? pas)\b"
        r"|\b(?:que|cual(?:es)?|quien|o que|quais)\b.*\b(?:evitar|prohibid\w+|proibid\w+"
        r"|(?:no|nao) (?:se )?(?:deb|dev|pued|pod)\w+)\b"
        r"|\b(?:che|cosa|quali?|chi)\b.*\b(?:evitare|vietat\w+|non (?:si )?(?:dev|puo|poss)\w*)\b"
        r"|\b(?:wat|wie|welke)\b.*\b(?:vermijden|verboden|(?:mag|mogen|moet) .*\bniet)\b"
    ),
    re.compile(
        r"\b(?:do not|don['’]t|not to|never|avoid\w*|(?:must|should|may)(?: not|n['’]t)"
        r"|not (?:be )?(?:allowed|permitted|recommended|suitable)|prohibited|forbidden"
        r"|nicht|kein\w*|nie(?:mals)?|vermeiden|verboten|untersagt|ne \w+ pas|ne pas|jamais|evite[rz]|interdit\w*"
        r"|no (?:se )?(?:deb|pued|us)\w+|nunca|evit\w+|prohib\w+|nao|proib\w+|non|mai|vietat\w+"
        r"|niet|geen|nooit|vermijd\w*|verboden)\b"
    ),
)


def asked_prohibition(question: str) -> ExpectedType | None:
    """The form of what forbids, where a question asks what is to be left undone.

    >>> asked_prohibition("What should you avoid when you clean the lamp?").name
    'prohibition'
    >>> asked_prohibition("What should you do if the lamp does not light?") is None
    True
    """
    return _PROHIBITION if _PROHIBITION.asks.search(fold(question)) else None


def expected_type(question: str) -> ExpectedType | None:
    """The type whose form every answer to a question has; None where its answers have no such form.

    >>> expected_type("What colour is the lamp?").name, expected_type("Welche Telefonnummer hat das Amt?").name
    ('colour', 'telephone number')
    >>> expected_type("How many times has it been cited?").name
    'times that others used it'
    >>> expected_type("What does the colour profile do?"), expected_type("Who founded the works?")
    (None, None)
    """
    asked = fold(question)
    return next((one for one in _TYPES if one.asks.search(asked)), None)


def lacks_expected(question: str, texts: Iterable[str]) -> bool:
    """Whether a question asks for a value of a known form that none of the texts holds."""
    wanted = expected_type(question)
    return wanted is not None and not any(wanted.is_in(text) for text in texts)
