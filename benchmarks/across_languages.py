"""Whether a question finds the same answer in another language than the document's, over the sample report.

python -m benchmarks.across_languages [--misses]

Each pair is one question in English and in another language, with what the answer must hold. Told of each: the share
whose first five passages hold the answer, that are shown it, and that are refused. The last pairs ask for what the
report does not tell: there a refusal is right.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from benchmarks.shown import holds
from src.answering.ingestion import IndexedDocument, SourceFile
from src.events import AnswerFinished
from src.library import sample as sample_module
from src.rag_with_generation import Rag
from src.settings import Settings
from src.wiring import build_rag

# in English, in another language, what the answer holds
PAIRS = (
    ("How many ships called at the port?", "Wie viele Schiffe liefen den Hafen an?", "1,206"),
    ("How many times was the lifeboat launched?", "Wie oft wurde das Rettungsboot ausgerückt?", "52"),
    ("Who is the chair of the board?", "Wer ist der Vorsitzende des Vorstands?", "Ingrid Solberg"),
    ("How high was the surplus?", "Wie hoch war der Überschuss?", "2.7"),
    ("Are dogs allowed on the quays?", "Sind Hunde auf den Kais erlaubt?", "Dogs are welcome on the promenade"),
    ("How long were the outer gates closed in the storm?", "Wie lange waren die Tore im Sturm geschlossen?", "61"),
    ("How many employees are there?", "Combien d'employés y a-t-il ?", "148"),
    ("How many ships called at the port?", "Combien de navires ont fait escale au port ?", "1,206"),
    ("Which was the largest ship?", "Quel était le plus grand navire ?", "Aurora Fjord"),
    ("When are the gates closed?", "Quand les portes sont-elles fermées ?", "1.90"),
    ("How much timber was handled in 2025?", "Quelle quantité de bois a été manutentionnée en 2025 ?", "774"),
    ("How many volunteers are there?", "¿Cuántos voluntarios hay en la tripulación?", "39"),
    ("How much cargo did the port handle in 2025?", "¿Cuánta carga movió el puerto en 2025?", "2.84"),
    ("How many cruise ships called?", "¿Cuántos cruceros hicieron escala en la temporada?", "37"),
    ("Who decides on closing the gates?", "¿Quién decide el cierre de las compuertas?", "duty engineer"),
    ("How many people live in the town?", "Quanti abitanti ha la città?", "31,400"),
    ("How many tugs must long ships take?", "Quanti rimorchiatori devono prendere le navi lunghe?", "two tugs"),
    ("How many people did the lifeboat bring ashore?", "Hoeveel mensen werden door de reddingsboot gered?", "71"),
    ("How high was expenditure in 2025?", "Hoe hoog waren de uitgaven in 2025?", "38.9"),
    ("What did dredging cost in 2025?", "Wat kostte dredging in 2025?", "9.7"),
)
FOREIGN = (
    ("How many aircraft landed?", "Wie viele Flugzeuge landeten auf dem Flughafen?"),
    ("Who won the football match?", "Quién ganó el partido de fútbol?"),
    ("What dividend was paid to shareholders?", "Welche Dividende wurde an die Aktionäre gezahlt?"),
    ("Which university did the students visit?", "Quelle université les étudiants ont-ils visitée ?"),
)


def main() -> None:
    rag = build_rag(Settings())
    rag.embedder.start()
    document = _read(rag, Path(sample_module.__file__).with_name("sample_report.pdf"))
    print("| asked in | n | in the first five | shown | refused |\n|---|---:|---:|---:|---:|")
    for name, side in (("English", 0), ("another language", 1)):
        asked = [_asked(rag, document, pair[side], pair[2]) for pair in PAIRS]
        found, shown, refused = (sum(each) / len(asked) for each in zip(*asked, strict=True))
        print(f"| {name} | {len(asked)} | {found:.2f} | {shown:.2f} | {refused:.2f} |")
        if "--misses" in sys.argv:
            print("\n".join(f"  {pair[side]} {told}" for pair, told in zip(PAIRS, asked, strict=True) if told[1] < 1))
    for name, side in (("English", 0), ("another language", 1)):
        refused = sum(_asked(rag, document, pair[side], "")[2] for pair in FOREIGN)
        print(f"Not told, asked in {name}: {refused} of {len(FOREIGN)} refused")
    rag.viewer.close()


def _read(rag: Rag, path: Path) -> IndexedDocument:
    kept: list[IndexedDocument] = []
    for _ in rag.ingest(
        SourceFile(sha256(path.read_bytes()).hexdigest(), path.name, path), kept.append, cancelled=lambda: False
    ):
        pass
    return kept[-1]


def _asked(rag: Rag, document: IndexedDocument, question: str, answer: str) -> tuple[bool, bool, bool]:
    """Whether five passages hold the answer, whether it is shown, whether the question is refused."""
    passages: Sequence[str] = [p.chunk.text for p in rag.search(question, [document]).passages[:5]]
    *_, last = rag.ask(question, [document], writers=tuple, cancelled=lambda: False)
    assert isinstance(last, AnswerFinished)
    shown = last.answer.answerable and holds(answer, "\n".join(s.text for s in last.answer.sentences))
    return any(holds(answer, text) for text in passages), shown, not last.answer.answerable


if __name__ == "__main__":
    main()
