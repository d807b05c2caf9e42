"""What a question looks for: its terms and their weights, without what only tells how to answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from shared_utils.retrieval.bm25 import Term, with_pairs
from shared_utils.text.words import terms

EXPANSION_WEIGHT = 1.0

# "Round your answer to two decimal places.", "Answer in USD millions", "Directly answer 'yes' or 'no'": these words
# are rare in documents, so BM25 would take them for the heart of the question.
_ANSWER_FORMAT = re.compile(
    r"\b(?:please\s+)?(?:directly\s+|only\s+)?(?:answer|respond|reply|round|give|write|express|return|enumerate)\b"
    r"[^.?!]{0,60}?\b(?:decimals?|percent\w*|percents?|units?|usd|integer|yes|no|list|millions?|billions?|thousands?|"
    r"number|format|string|float|words?|sentences?)\b[^.?!]*[.?!]?",
    re.IGNORECASE,
)
# Words about asking and answering, not about the matter.
_ABOUT_ASKING = frozenset(
    terms(
        "answer question following calculate compute according document please tell mention mentioned base based "
        "basing information provided outlined utilizing judgments shown clearly respond describe"
    )
)

# What is asked by a name that reports do not print: its line items, and the statements they stand in.
_GLOSSARY: Mapping[str, str] = {
    "asset turnover": "net sales; total revenues; total assets",
    "balance sheet": "consolidated balance sheets; statements of financial position; total assets; total liabilities",
    "capex": "capital expenditures; purchases of property and equipment; additions to property, plant and equipment",
    "capital employed": "operating income; total assets; total current liabilities",
    "capital expenditure": "purchases of property and equipment; additions to property, plant and equipment",
    "capitalization ratio": "long-term debt; total shareholders' equity",
    "cash conversion cycle": "accounts receivable; inventories; accounts payable; cost of sales",
    "cash flow statement": "consolidated statements of cash flows; net cash provided by operating activities",
    "cogs": "cost of goods sold; cost of sales; cost of revenues",
    "current ratio": "total current assets; total current liabilities",
    "d&a": "depreciation and amortization",
    "days inventory outstanding": "inventories; cost of sales; cost of goods sold",
    "days payable outstanding": "accounts payable; inventories; cost of sales; cost of goods sold",
    "days sales outstanding": "accounts receivable, net; net sales; total revenues",
    "debt ratio": "long-term debt; current portion of long-term debt; total assets",
    "debt to equity": "long-term debt; current portion of long-term debt; total shareholders' equity",
    "dio": "inventories; cost of sales",
    "dividend payout": "cash dividends paid; net income",
    "dpo": "accounts payable; inventories; cost of sales",
    "dso": "accounts receivable, net; net sales",
    "ebit": "operating income; earnings before interest and taxes",
    "ebitda": "operating income; depreciation and amortization",
    "effective tax rate": "provision for income taxes; income tax expense; income before income taxes",
    "eps": "earnings per share; net income per share; diluted",
    "fcf": "net cash provided by operating activities; purchases of property and equipment; capital expenditures",
    "fixed asset": "property and equipment, net; property, plant and equipment, net; total assets",
    "free cash flow": "net cash provided by operating activities; purchases of property and equipment",
    "gross margin": "gross profit; net sales; cost of sales; cost of goods sold; total revenues",
    "gross profit": "net sales; cost of sales; cost of goods sold; total revenues",
    "income statement": "consolidated statements of operations; statements of income; statements of earnings",
    "interest coverage": "operating income; interest expense",
    "inventory turnover": "inventories; cost of sales; cost of goods sold",
    "invested capital": "long-term debt; total shareholders' equity",
    "net margin": "net income; net earnings; net sales; total revenues",
    "net profit margin": "net income; net earnings; net sales; total revenues",
    "operating cash flow": "net cash provided by operating activities; total current liabilities",
    "operating margin": "operating income; net sales; total revenues; consolidated statements of operations",
    "operating profit": "operating income; net sales; total revenues",
    "p&l": "consolidated statements of operations; statements of income; statements of earnings",
    "payout ratio": "cash dividends paid; net income",
    "pp&e": "property and equipment, net; property, plant and equipment, net",
    "profit and loss statement": "consolidated statements of operations; statements of income; statements of earnings",
    "quick ratio": "cash and cash equivalents; accounts receivable; total current assets; total current liabilities",
    "r&d": "research and development",
    "retention ratio": "cash dividends paid; net income",
    "return on asset": "net income; total assets",
    "return on capital": "operating income; total assets; long-term debt; total shareholders' equity",
    "return on equity": "net income; total shareholders' equity; total stockholders' equity",
    "revenue": "net sales; net revenues; total revenues",
    "roa": "net income; total assets",
    "roe": "net income; total shareholders' equity; total stockholders' equity",
    "roic": "operating income; long-term debt; total shareholders' equity",
    "sg&a": "selling, general and administrative",
    "statement of financial position": "consolidated balance sheets; total assets; total liabilities",
    "statement of income": "consolidated statements of operations; statements of earnings; net income",
    "total debt": "long-term debt; short-term debt; current portion of long-term debt",
    "working capital": "total current assets; total current liabilities",
}


def question_words(question: str) -> list[str]:
    """The words that say what is looked for, in order; all of them, should nothing else be left.

    >>> question_words("What is the profit margin? Round your answer to two decimal places.")
    ['profit', 'margin']
    """
    words = terms(_ANSWER_FORMAT.sub(" ", question)) or terms(question)
    return [word for word in words if word not in _ABOUT_ASKING] or words


def question_terms(question: str, line_item_weight: float = EXPANSION_WEIGHT) -> dict[Term, float]:
    """Words and pairs with their weights: one for each time asked, `line_item_weight` for line items of it.

    >>> question_terms("capex")["capex"], question_terms("capex")[("capit", "expenditur")]
    (1.0, 1.0)
    """
    weights: dict[Term, float] = {}
    words = question_words(question)
    for term in with_pairs(words):
        weights[term] = weights.get(term, 0.0) + 1.0
    for term in _line_items(words):
        weights.setdefault(term, line_item_weight)
    return weights


def _line_items(words: Sequence[str]) -> Iterator[Term]:
    for name, items in _glossary_terms().items():
        if any(tuple(words[i : i + len(name)]) == name for i in range(len(words) - len(name) + 1)):
            for item in items:
                yield from with_pairs(item)


@cache
def _glossary_terms() -> dict[tuple[str, ...], list[list[str]]]:
    return {tuple(terms(name)): [terms(item) for item in items.split(";")] for name, items in _GLOSSARY.items()}
