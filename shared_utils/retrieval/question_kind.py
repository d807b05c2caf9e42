"""What kind of question it is, and which pages it is about: rules, no model, microseconds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from shared_utils.retrieval.question import question_words
from shared_utils.text.folding import fold
from shared_utils.text.words import terms


class QuestionKind(StrEnum):
    """What a good answer looks like."""

    LOOK_UP = "look-up"  # one fact, one place
    LIST = "list"  # several items, perhaps in several places
    COMPARISON = "comparison"  # two sides, which both must be seen
    SUMMARY = "summary"  # the gist of a document or a part of it
    SMALL_TALK = "small talk"  # nothing is asked of the documents


@dataclass(frozen=True, slots=True)
class AskedPart:
    """The part of a document a question is confined to. Pages are 1-based and inclusive.

    `section` is a name that says so itself. `maybe` are words that may be a name, or the beginning of one, longest
    first ("in section safety precautions for …"): worth a look, not worth a complaint.
    """

    pages: tuple[tuple[int, int], ...] = ()
    section: str = ""
    maybe: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pages or self.section or self.maybe)


_SMALL_TALK = re.compile(
    r"(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|thanks?|thank you|bye|goodbye|ok|okay|great|cool|"
    r"how are you|who are you|what can you do|hallo|guten tag|danke|bonjour|merci|hola|gracias|muchas gracias|"
    r"ciao|grazie|mille grazie|"
    r"ola|obrigad[oa]|muito obrigad[oa]|bedankt|"
    r"dank (?:je|u)(?: wel)?|vielen dank|merci beaucoup|many thanks)"
    r"(?: (?:there|you|very|much|so|a lot|again|doing|today|everyone))*"
)
_SUMMARY = re.compile(
    r"\bsummar(?:y|i[sz]e)\b|\boverview\b|\btl;?dr\b|\bmain (?:points?|ideas?|findings?|topics?|takeaways?)\b"
    r"|\bkey (?:points?|findings?|takeaways?|messages?)\b|\bin a nutshell\b|\bgist\b"
    r"|\bwhat (?:is|are|do|does|s) (?:this|the|these|those|all|my|our) (?:\w+ )?"
    r"(?:documents?|papers?|reports?|files?|pdfs?|books?|articles?|contracts?|texts?) (?:all )?"
    r"(?:about|deal with|cover)\b"
    r"|\bwhat (?:is|s) (?:this|it) (?:all )?about\b|\bwhat are (?:these|they) (?:all )?about\b"
    r"|\bfass\w*\b.*\bzusammen\b|\bzusammenfass\w+|\bworum geht es\b"
    r"|^(?:bitte |por favor |s.il vous plait )?resum(?:e|er|ez|a|ir|o)\b"
    r"|\bresum(?:en|o) d"
    r"|\briassum\w+|\briassunto\b|\bsamenvatt?\w*\b|\bvat\b.*\bsamen\b|\bde quoi (?:parle|traite)\b"
    r"|\bde que trata\b|\bdi cosa (?:parla|tratta)\b|\bwaar gaat .* over\b|\bsintesi\b|\bsynthese\b"
)
_COMPARISON = re.compile(
    r"\bcompar(?:e|es|ed|ing|ison)\b|\bdiffer(?:s|ed|ence|ences)?\b|\bversus\b|\bvs\b|\b(?:more|less|fewer|higher|lower|"
    r"larger|smaller|better|worse|bigger|greater|faster|slower|older|newer) than\b"
    r"(?! (?:roughly |about )?(?:\d|(?:one|two|three|half|once|twice)\b))|\bchanged? (?:from|between)\b"
    r"|\bvergleich\w*|\bunterschied\w*|\bcomparez?\b|\bcompar(?:a|ar|acao|acion|aison)\b|\bconfront\w+|\bvergelijk\w*"
    r"|\bdifferen(?:ce|cia|za|cias|ze)\b|\bdiferenc\w+|\bverschil\w*"
)
_LIST = re.compile(
    r"^(?:list|enumerate|name)\b|\blist (?:of|all|the|every)\b|\b(?:what|which|who) are\b|\ball (?:the|of)\b"
    r"|\b(?:which|what) (?:\w+ ){0,3}\w{2,}s (?:are|were|have|did|do)\b"
    r"|^(?:liste|nenne|zahle|enumere|enumera|enumerez|listez|lista|elenca|liste|noem|geef een lijst)\b"
    r"|^welche \w+ (?:gibt|sind|werden|nennt)\b|^quel(?:le)?s (?:sont|\w+ sont)\b|^cuales son\b|^quali sono\b"
    r"|^quais sao\b|^welke \w+ (?:zijn|worden|noemt)\b|\balle (?:\w+ )?auf(?:listen|zahlen)?\b"
)

_DASH = r"\s*(?:-|–|—|to|through|until|bis|à|a|tot|al|até)\s*"
_RANGE = rf"\d{{1,4}}(?:{_DASH}\d{{1,4}})?"
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}
_NUMBERS = (
    "one eins une uno una um uma een,two zwei deux dos due dois duas twee,three drei trois tres tre três drie,"
    "four vier quatre cuatro quattro quatro,five fünf cinq cinco cinque vijf,six sechs seis sei zes,"
    "seven sieben sept siete sette sete zeven,eight acht huit ocho otto oito,nine neun neuf nueve nove negen,"
    "ten zehn dix diez dieci dez tien"
)
_ORDINALS = (
    "first erste ersten erster première premiere primera prima primeira eerste,"
    "second zweite zweiten deuxième deuxieme seconde segunda seconda tweede,"
    "third dritte dritten troisième troisieme tercera terza terceira derde,"
    "fourth vierte vierten quatrième quatrieme cuarta quarta vierde,"
    "fifth fünfte fünften cinquième cinquieme quinta vijfde,"
    "sixth sechste sechsten sixième sixieme sexta sesta zesde,seventh siebte siebten septième septima settima zevende,"
    "eighth achte achten huitième octava ottava achtste,ninth neunte neunten neuvième novena nona negende,"
    "tenth zehnte zehnten dixième décima decima tiende"
)
_SOME = "zwei|drei|vier|fünf|zehn|deux|trois|quatre|cinq|dix"
_NUMBER_OF = {word: n for n, words in enumerate(_NUMBERS.split(","), start=1) for word in words.split()}
_ORDINAL_OF = {word: n for n, words in enumerate(_ORDINALS.split(","), start=1) for word in words.split()}
LAST_PAGE = 0  # of a document, however many it has
_PAGE_WORD = r"(?:pages?|seiten?|páginas?|paginas?|pagine|pagina['’]s|blz\.?)"
_LAST = r"(?:last|letzten?|dernière|derniere|última|ultima|laatste)"
_PAGE_IN_WORDS = re.compile(
    rf"(?P<what>\b(?:{_PAGE_WORD}\s+(?P<number>{'|'.join(_NUMBER_OF)})|(?P<ordinal>{'|'.join(_ORDINAL_OF)}|{_LAST})\s+"
    rf"{_PAGE_WORD}|(?P<behind>última|ultima)\s+página))\b(?!['’]|\s+(?:number|of contents))",
    re.IGNORECASE,
)
# A manual's "how do I print pages 2 to 5" is no filter, so something has to lead up to it.
_LEADS_UP = (
    r"(?:^|[(,:;]\s*|\b(?:on|in|of|from|within|at|for|only|about|do|does|did|and|with|compare|explain|summari[sz]e|"
    r"auf|von|aus|der|die|la|à la|sur la|dit la|de la|en la|na|nella|alla|op|van|da|dice la|diz a|sagt|"
    r"den|zu|laut|vergleiche|erkläre|les|des|aux|entre|comparez?|expliquez?|las|le|zegt)\s+)(?:the\s+)?"
)
_PAGES = re.compile(
    rf"{_LEADS_UP}(?P<what>(?:between\s+)?(?:pages?|pp?\.|seiten?|páginas?|paginas?|pagine)\s*"
    rf"(?P<pages>{_RANGE}(?:\s*(?:,|and|&|und|et|y|e|en)\s*{_RANGE})*)\b(?!\s*(?:of|/)\s*\d))",
    re.IGNORECASE,
)
_BETWEEN_PAGES = re.compile(
    r"(?P<what>\b(?:between|zwischen|entre)\s+(?:les\s+|den\s+)?(?:pages?|seiten?)\s*(?P<first>\d{1,4})\s+"
    r"(?:and|und|et)\s+(?:(?:la\s+)?page\s+|seite\s+)?(?P<last>\d{1,4}))\b",
    re.IGNORECASE,
)
_FIRST_PAGES = re.compile(
    rf"{_LEADS_UP}(?P<what>(?:first (?:(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)}) )?pages?"
    rf"|(?:ersten (?P<anzahl>\d{{1,3}}|{_SOME}) Seiten|(?P<nombre>\d{{1,3}}|{_SOME}) premières pages)))\b",
    re.IGNORECASE,
)
# "… of the papers in Table 2 are not mentioned on page 9?" needs both places; "Table 2 on page 9" is one.
_ELSEWHERE = re.compile(
    r"\b(?:table|figure|fig\.|exhibit)\s*\d[\w.-]*+(?!,?\s+(?:on|of|in|from)\s+(?:the\s+)?(?:first|pages?|pp?\.))",
    re.IGNORECASE,
)

_NAME = r"[A-Z][\w&'’-]*(?:\s+(?:(?:of|and|the|to|for|in|on|&)\s+)*[A-Z][\w&'’-]*)*"
_NUMBER = r"\d+(?:\.\d+)*|[A-Z](?:\.\d+)*|[IVXLC]+"
_QUOTED = r"[\"“„'‘«]\s?(?P<quoted>[^\"“”„'‘’«»]{2,80}?)\s?[\"”“'’»]"
_IN = (
    r"(?i:in|of|from|under|within|do|does|about|summari[sz]e|explain|im|aus|des|von|zu|unter|sagt|steht|nennt|erkläre|"
    r"dans|de|du|sous|dit|selon|résume[rz]?|explique[rz]?)\s+(?i:the\s+|dem\s+|das\s+|la\s+|le\s+)?"
)
_PART_WORD = r"(?i:(?:section|chapter|chapitre)s?|Abschnitt(?:e?s|en?)?|Kapitel[ns]?)"
_SECTION = re.compile(
    rf"\b{_IN}{_PART_WORD}[\s:]+"
    rf"(?:{_QUOTED}|(?P<number>{_NUMBER})(?![\w(])(?!\.\w)|(?P<name>{_NAME})|(?P<tail>[a-z][\w&'’ -]*))"
)
_SECTION_AFTER = re.compile(
    rf"\b{_IN}(?:{_QUOTED}|(?P<name>{_NAME})|(?P<tail>(?:[\w&'’-]+\s+){{0,3}}[\w&'’-]+))\s+(?:section|chapter)\b"
)
_LONGEST_NAME = 6  # words
_SECTION_WORD = re.compile(rf"\b{_PART_WORD}\b")
_LABELLED = re.compile(rf"\b{_IN}(?P<label>(?i:part|appendix|item)\s+(?:\d+[A-Z]?|[A-Z]|[IVXLC]+))\b(?!\()")
_OF_A_LAW = re.compile(r"\bof the [\w ,]*\b(?:Act|Code|Rules?|Regulations?|Law|Treaty|Directive)\b")

_NO_TOPIC = frozenset(
    terms(
        "document report paper file pdf text book article page section chapter part appendix say state stand write "
        "written contain content tell mean show present discuss cover summary summarise summarize overview main key "
        "point idea finding topic takeaway message gist nutshell tl dr tldr brief briefly short quick give provide "
        "make whole entire everything happen important explain"
    )
)
_ASKED_ABROAD = (  # the same said in languages whose words are stemmed in their own way
    "Was steht auf der dritten Seite?",
    "Was sagt die letzte Seite aus?",
    "Fasse das Dokument zusammen.",
    "Bitte eine kurze Zusammenfassung des Berichts.",
    "Worum geht es in dem Dokument?",
    "Que dit la page ? Qu'est-ce qu'il y a à la dernière page ?",
    "Résume le document. Faites un résumé du rapport.",
    "De quoi parle le document ?",
    "¿Qué dice la página? ¿Qué hay en la última página?",
    "Resume el documento. Haz un resumen del informe.",
    "¿De qué trata el documento?",
    "Cosa dice la pagina? Che cosa c'è nell'ultima pagina?",
    "Riassumi il documento. Fai un riassunto della relazione.",
    "O que diz a página? O que está na última página?",
    "Resuma o documento. Faça um resumo do relatório.",
    "Wat staat er op de pagina? Wat zegt de laatste pagina?",
    "Vat het document samen. Geef een samenvatting van het rapport.",
)
_ALONE = frozenset(term for said in _ASKED_ABROAD for word in (said, *said.split()) for term in terms(word))


def question_kind(question: str) -> QuestionKind:
    """The kind of a question; LOOK_UP where nothing speaks for another.

    >>> [str(question_kind(q)) for q in ("Hello!", "Summarise the report", "What was the revenue in 2020?")]
    ['small talk', 'summary', 'look-up']
    """
    text = fold(question).strip().rstrip("?!. ")
    if _SMALL_TALK.fullmatch(text.replace(",", "")):
        return QuestionKind.SMALL_TALK
    rules = (
        (_SUMMARY, QuestionKind.SUMMARY),
        (_COMPARISON, QuestionKind.COMPARISON),
        (_LIST, QuestionKind.LIST),
    )
    return next((kind for pattern, kind in rules if pattern.search(text)), QuestionKind.LOOK_UP)


def asked_part(question: str) -> AskedPart:
    """Which pages or section a question is confined to; empty where it is confined to none.

    >>> asked_part("What do pages 10–20 say about noise?").pages
    ((10, 20),)
    >>> asked_part("Which risks are listed in section Risk Factors?").section
    'Risk Factors'
    """
    if _ELSEWHERE.search(question):
        return AskedPart()
    section, maybe = _asked_section(question)
    return AskedPart(_asked_pages(question), section, maybe)


def without_part(question: str, section: str = "") -> str:
    """The question without the pages it names and without `section`: what is to be found there.

    >>> without_part("Which risks are listed in section Risk Factors?", "Risk Factors")
    'Which risks are listed ?'
    """
    patterns = [_BETWEEN_PAGES, _PAGES, _FIRST_PAGES, _PAGE_IN_WORDS]
    if section:
        name = r"\s+".join(re.escape(word) for word in section.split())
        quoted = rf"(?:«\s?|[\"“„'‘])?{name}(?:\s?»|[\"”“'’])?"
        said = rf"(?P<what>(?:{_PART_WORD}[\s:]+)?{quoted}(?:\s+(?:section|chapter))?)"
        patterns.append(re.compile(said, re.IGNORECASE))
    for pattern in patterns:
        question = pattern.sub(_only_what_leads_up, question)
    return " ".join(_LEFT_OVER.sub(" ", question).split())


_LEFT_OVER = re.compile(
    r"(?:\b(?:on|in|of|from|within|under|at|im|aus|auf|von|unter|laut|dans|sous|sur|de|du|des|à|selon)\s+"
    r"(?:the\s+)?)?(?:\b(?:der|dem|den|die|das|la|le|les)\s+)?\0",
    re.IGNORECASE,
)


def _only_what_leads_up(match: re.Match[str]) -> str:
    return f"{match[0][: match.start('what') - match.start()]}\0"


def has_topic(question: str, besides: frozenset[str] = frozenset()) -> bool:
    """Whether anything is asked about beyond "what does it say", "summarise the document", and the terms in `besides`.

    >>> has_topic("Give me an overview of this report"), has_topic("Give me an overview of the risks")
    (False, True)
    """
    return any(
        word not in _NO_TOPIC and word not in _ALONE and word not in besides for word in question_words(question)
    )


def _asked_pages(question: str) -> tuple[tuple[int, int], ...]:
    pages = [(int(match["first"]), int(match["last"])) for match in _BETWEEN_PAGES.finditer(question)]
    for match in () if pages else _PAGES.finditer(question):
        numbers = [re.findall(r"\d+", part) for part in re.findall(_RANGE, match["pages"])]
        pages += [(int(pair[0]), int(pair[-1])) for pair in numbers]
    for match in _FIRST_PAGES.finditer(question):
        count = (match["count"] or match["anzahl"] or match["nombre"] or "1").lower()
        pages.append((1, _COUNTS.get(count) or _NUMBER_OF.get(count) or int(count)))
    for match in () if pages else _PAGE_IN_WORDS.finditer(question):
        said = (match["number"] or match["ordinal"] or "").lower()
        page = _NUMBER_OF.get(said) or _ORDINAL_OF.get(said) or LAST_PAGE
        pages.append((page, page))
    return tuple((min(pair), max(pair)) for pair in pages)


def _asked_section(question: str) -> tuple[str, tuple[str, ...]]:
    """A certain name, and what may be one."""
    if _OF_A_LAW.search(question) or any(len(word.findall(question)) > 1 for word in (_SECTION_WORD, _LABELLED)):
        return "", ()  # two sections are two places: nothing is gained by leaving out all others
    if match := _SECTION.search(question):
        certain = match["quoted"] or match["number"] or match["name"] or ""
        tail = question[match.start("name") :] if match["name"] else match["tail"] or ""
        words = re.split(r"[^\w&'’ -]", tail)[0].split()[:_LONGEST_NAME]
        maybe = (" ".join(words[:count]) for count in range(len(words), len(certain.split()), -1))
        return certain.strip(), tuple(maybe)
    if match := _SECTION_AFTER.search(question):
        words = (match["tail"] or "").split()
        return (match["quoted"] or match["name"] or "").strip(), tuple(" ".join(words[i:]) for i in range(len(words)))
    match = _LABELLED.search(question)
    return "", (match["label"],) if match else ()
