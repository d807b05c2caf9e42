"""How sure a question's kind is: `python -m benchmarks.classify [--questions Q.jsonl --kinds KINDS.json]`.

`KINDS.json` tells, by a question's id, "lookup-table", "lookup-text", "computed-or-other" or "yes/no", as people did.
Of those a kind is right where it is among what `_ALIKE` allows. Kinds that such sets do not tell (series, files, …) are
measured on the questions below, in seven languages; the labelled ones count as misses where they are told so. A
confidence is (right + 1) / (told + 2). What this prints goes into `CONFIDENCE` of src/answering/classify.py.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from src.answering.classify import kind_of
from src.events import AskedKind

_ALIKE = {
    AskedKind.LOOK_UP: {"lookup-text"},
    AskedKind.VALUE: {"lookup-table", "computed-or-other"},
    AskedKind.CALCULATION: {"computed-or-other"},
    AskedKind.YES_NO: {"yes/no"},
}
_OWN = {
    AskedKind.SERIES: (
        "How did total revenue develop?",
        "How has headcount evolved since 2018?",
        "Net income over the years",
        "What is the trend in operating costs?",
        "Wie hat sich der Umsatz entwickelt?",
        "Entwicklung der Mitarbeiterzahl",
        "Comment le chiffre d'affaires a-t-il évolué ?",
        "¿Cómo evolucionaron los ingresos?",
        "Como evoluíram as receitas?",
        "Come si è evoluto il fatturato?",
        "Hoe heeft de omzet zich ontwikkeld?",
        "How did gross margin change over time?",
    ),
    AskedKind.SUMMARY: (
        "Summarise this document",
        "Summarize the report",
        "What is this document about?",
        "Give me an overview",
        "Fasse das Dokument zusammen",
        "Worum geht es?",
        "Résume ce document",
        "Resume el documento",
        "Riassumi il documento",
        "Vat dit document samen",
    ),
    AskedKind.FILES: (
        "How many pages does this document have?",
        "Who wrote this document?",
        "How many documents are there?",
        "What is the title of this document?",
        "Wie viele Seiten hat das Dokument?",
        "Wer hat dieses Dokument geschrieben?",
        "Combien de pages a ce document ?",
        "¿Cuántas páginas tiene este documento?",
        "Quante pagine ha questo documento?",
        "In which language is this document?",
    ),
    AskedKind.SMALL_TALK: ("Hello", "Hi there!", "Thanks", "Thank you!", "Hallo", "Danke", "Bonjour", "Merci", "Hola"),
    AskedKind.COMPARISON: (
        "Compare the revenue of the port and the airport",
        "Revenue vs. net income in 2022",
        "Compare both contracts",
        "Vergleiche die beiden Berichte",
        "Compare les deux rapports",
        "What is the difference between the two policies?",
        "How do the leases differ?",
        "Compara los dos informes",
    ),
    AskedKind.LIST: (
        "What are the steps to reset the device?",
        "Which languages are supported?",
        "List the members of the board",
        "What are the conditions for a refund?",
        "Name all subsidiaries",
        "Welche Anlagen hat der Vertrag?",
        "Quels sont les risques ?",
        "¿Cuáles son los requisitos?",
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, help="lines {id, question}")
    parser.add_argument("--kinds", type=Path, help="{id: kind}")
    options = parser.parse_args()
    told: Counter[AskedKind] = Counter()
    right: Counter[AskedKind] = Counter()
    for wanted, questions in _OWN.items():
        for question in questions:
            kind = kind_of(question)
            told[kind] += 1
            right[kind] += kind is wanted
            if kind is not wanted:
                print(f"{wanted} told as {kind}: {question}")
    if options.questions and options.kinds:
        kinds = json.loads(options.kinds.read_text(encoding="utf-8"))
        for line in options.questions.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            kind = kind_of(row["question"])
            if kind in (AskedKind.LIST, AskedKind.COMPARISON):
                continue  # nobody told which of these they are
            told[kind] += 1
            right[kind] += kinds.get(row["id"]) in _ALIKE.get(kind, set())
    for kind in AskedKind:
        print(f"{kind:12} told {told[kind]:4}  right {right[kind]:4}  {(right[kind] + 1) / (told[kind] + 2):.2f}")


if __name__ == "__main__":
    main()
