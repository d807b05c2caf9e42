"""Whether a follow-up finds the page that the fully spelled-out question finds.

python -m benchmarks.follow_ups [--set FOLDER] [--write] [--misses]

Each case is two questions of the set and an elliptical one of ours: the first was asked before, the second is what the
ellipsis means, so that its gold pages are known. The set's questions are named by how their ids begin.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.retrieval import cell
from benchmarks.retrieval_set import Question, RetrievalSet, argument_parser, open_set, write_section
from shared_utils.retrieval.search import search
from src.answering.follow_up import is_follow_up, standalone

DEPTH = 100  # chunks that pages are ranked from

# asked before, meant, asked
CASES = (
    ("ohr-0cc458db", "ohr-0c248f08", "And in the fourth quarter?"),
    ("ohr-0cc458db", "ohr-0cce0637", "And how much interest income in 2016?"),
    ("ohr-0d270777", "ohr-0d38bf6e", "What about the range they expect for the first quarter of 2018?"),
    ("ohr-0d38bf6e", "ohr-0d58f90a", "Did they expect exchange rates to help?"),
    ("ohr-0c5a9029", "ohr-0c5f152b", "And what was added for AWS in 2016?"),
    ("ohr-0d0c61fd", "ohr-0e4bbca8", "What about losses in 2016?"),
    ("ohr-0d0bd1c4", "ohr-0e31b19d", "And of money market funds?"),
    ("ohr-0c18f41d", "ohr-0c20f65e", "Were they paid any dividends?"),
    ("ohr-0c132eec", "ohr-0db5d5b3", "In which quarter did it reach 1,202.29?"),
    ("ohr-0dbcad25", "ohr-0dbee2ce", "And what was the whole provision in 2015?"),
    ("ohr-0c45d498", "ohr-0c614595", "What about fulfillment costs?"),
    ("ohr-0e011113", "ohr-0e1654b8", "And the net gain or loss on all of Level 2?"),
    ("ohr-0d0da057", "ohr-0d148001", "Which segments is it organized into?"),
    ("mmlb-1044", "mmlb-1045", "And return on equity?"),
    ("mmlb-1045", "mmlb-1046", "And the effective tax rate?"),
    ("mmlb-1046", "mmlb-1042", "What about days payable outstanding?"),
    ("mmlb-1043", "mmlb-1049", "And its debt to EBITDA?"),
    ("mmlb-1044", "mmlb-1048", "And its ratio of cash to all liabilities?"),
    ("mmlb-1053", "mmlb-1054", "And depreciation on property and equipment?"),
    ("ohr-1133add6", "ohr-121e980d", "And in 2019?"),
    ("ohr-1138b1e2", "ohr-1222512c", "How did it differ between 2017 and 2018?"),
    ("ohr-1140b40c", "ohr-12e00905", "And in 2018, compared to the year before?"),
    ("ohr-1140b40c", "ohr-12d2d972", "How much of it was for technology and content?"),
    ("ohr-11029ff4", "ohr-11168820", "And the interest and penalties on them at the end of 2018?"),
    ("ohr-126bbdd7", "ohr-126c8333", "How much of that was federal deferred tax?"),
    ("ohr-126c8333", "ohr-126f34dc", "How did the total differ between 2017 and 2019?"),
    ("ohr-11d56acf", "ohr-11d7ad85", "By how much did the dilutive effect fall in 2019?"),
    ("ohr-11e4a4de", "ohr-116b47e2", "What was the charge for it in Luxembourg?"),
    ("ohr-116b47e2", "ohr-116d5d35", "Are the foreign losses carried forward limited?"),
    ("ohr-1146749b", "ohr-1157c073", "Are those of third-party sellers included?"),
    ("ohr-11aa387b", "ohr-11aeb9d2", "Did they change in that quarter?"),
    ("ohr-115d3e44", "ohr-1167d3f5", "And how did long-term lease liabilities change?"),
    ("ohr-12f671b0", "ohr-12f7d8e7", "Which security had the highest one?"),
    ("ohr-10b94515", "ohr-10c565d5", "What about the one on leases in 2019?"),
    ("ohr-10f143e2", "ohr-10fcbacf", "And what if it cannot manage its growth?"),
    ("ohr-3c669aa5", "ohr-3c6840cd", "What else can make it inaccurate?"),
    ("ohr-3c6840cd", "ohr-3c689a3e", "How do I make it automatic?"),
    ("ohr-3cabff63", "ohr-3caf0f71", "What happens when I then restore it?"),
    ("ohr-3cd17950", "ohr-3cd345dc", "What must not be on the wrist?"),
    ("ohr-3cd345dc", "ohr-3cdacb1c", "Under which conditions should it be worn then?"),
    ("ohr-3d5f75ca", "ohr-3d6073b7", "What else makes it fluctuate?"),
    ("ohr-3d7439ee", "ohr-3d8ab858", "And where should the phone be placed?"),
    ("ohr-3d47d3df", "ohr-3d5e8e0e", "Can records be deleted there?"),
    ("ohr-3d946990", "ohr-3d98c0c9", "What about smoking or coffee before?"),
    ("ohr-3da43c35", "ohr-3d992624", "And after the strap has been tightened?"),
    ("ohr-3c71efbd", "ohr-3c7344bb", "Does the cradle have to be cleaned before?"),
    ("ohr-3ce9f48b", "ohr-3cf2d95c", "What should be avoided during it?"),
    ("ohr-3d17fd48", "ohr-3d18d353", "And for irregular heartbeats?"),
    ("ohr-3cfc4ead", "ohr-3d05e7c4", "Can it be moved elsewhere?"),
    ("ohr-3dbba3af", "ohr-3dbbabed", "And how does it keep data consistent?"),
    ("ohr-3dd63c5c", "ohr-3de674fe", "What about obsfs?"),
    ("ohr-3df8eeef", "ohr-3dfce406", "And which one lists objects now and then?"),
    ("ohr-3e078fa7", "ohr-3e113c1b", "And the tenants, for virtual networks?"),
    ("ohr-3e3f40cc", "ohr-3e3f979c", "May a guest do image processing?"),
    ("ohr-3e4b9b65", "ohr-3e4c8b26", "And what may an administrator do with object ACLs?"),
    ("ohr-3e5984b7", "ohr-3e5aed83", "And the ninth, was it about permissions?"),
    ("ohr-3e7498a7", "ohr-3e7a0cdd", "When was the first one issued?"),
    ("ohr-3ece0300", "ohr-3ed27848", "Can it be changed later?"),
    ("ohr-3ea56143", "ohr-3eb1bb7b", "And what is it monitored with?"),
    ("ohr-3eb8a77a", "ohr-3ec9b2a1", "What about archiving massive volumes?"),
    ("ohr-3eda138c", "ohr-3ef1b23b", "And the metering mode for landscapes?"),
    ("ohr-3ef53ae8", "ohr-3efdb0f2", "How can its strength be adjusted?"),
    ("ohr-3f2c1569", "ohr-3f33296d", "Does it wake up during a recording?"),
    ("ohr-3f33296d", "ohr-3f360534", "What if the phrase cannot be used?"),
    ("ohr-3f5245f2", "ohr-3f507e7b", "How are they moved to another category?"),
    ("ohr-3fb49ba8", "ohr-3fb6e8aa", "Does it work with several users?"),
    ("ohr-3fb964a7", "ohr-3fdc9578", "And how is its reminder set?"),
    ("ohr-3fe60c84", "ohr-3fe65f90", "And for recent tasks?"),
    ("ohr-3f97ec46", "ohr-3f9d178c", "What should the outline look like?"),
    ("ohr-45bdc4c8", "ohr-45c0686f", "And tides, everywhere?"),
    ("ohr-45e0ecc8", "ohr-45e695b1", "And if the battery is nearly empty?"),
    ("ohr-45f4eaa8", "ohr-45f2ffb4", "Does that also work with an iOS phone?"),
    ("ohr-45ffa36b", "ohr-46009b52", "How long until it goes to sleep?"),
    ("ohr-46314a85", "ohr-463a5240", "And how often is it measured in smart mode?"),
    ("ohr-465bb8d7", "ohr-4667bc49", "Does it adjust by itself?"),
    ("ohr-46685cdd", "ohr-466d9e99", "How is another one added?"),
    ("ohr-469ba933", "ohr-46ad6171", "Which two values does the HRR percentage use?"),
    ("ohr-46b6970d", "ohr-46bc05ea", "And from the app?"),
    ("ohr-467d4f9e", "ohr-468221c8", "Can it be connected to several phones?"),
    ("ohr-462693ff", "ohr-462e8578", "Which version does the GT 2e need?"),
    ("fb-00585", "fb-00678", "And is its gross margin improving?"),
    ("finqa-GS_2016_page_79.pdf-1", "finqa-GS_2016_page_79.pdf-3", "And in 2015?"),
    ("finqa-GS_2016_page_81.pdf-1", "finqa-GS_2016_page_81.pdf-2", "What about 2015?"),
    ("finqa-GS_2016_page_70.pdf-1", "finqa-GS_2016_page_70.pdf-2", "And in 2015?"),
    ("finqa-GS_2016_page_183.pdf-4", "finqa-GS_2016_page_183.pdf-3", "And in 2018?"),
    ("finqa-GS_2016_page_161.pdf-1", "finqa-GS_2016_page_161.pdf-2", "And for 2015?"),
    ("finqa-ABMD_2012_page_41.pdf-2", "finqa-ABMD_2012_page_41.pdf-1", "And the composite index?"),
    ("finqa-ABMD_2012_page_79.pdf-3", "finqa-ABMD_2012_page_79.pdf-4", "And from then to 2016?"),
    ("mmlb-1057", "mmlb-1058", "And its return on assets?"),
    ("mmlb-1069", "mmlb-1070", "And the ratio of gross profit to total assets?"),
    ("mmlb-1073", "mmlb-1074", "And basic earnings per share?"),
    # … and those whose page is not the page of the question before
    ("ohr-121e980d", "ohr-115d3e44", "And its interest income?"),
    ("ohr-126bbdd7", "ohr-116b47e2", "What was charged for the allowance in Luxembourg?"),
    ("ohr-126c8333", "ohr-11029ff4", "And the gross tax contingencies then?"),
    ("ohr-1133add6", "ohr-1140b40c", "And its stock-based compensation in 2019?"),
    ("mmlb-1067", "mmlb-1069", "And goodwill?"),
    ("mmlb-1069", "mmlb-1072", "And how many domestic stores does it have?"),
    ("mmlb-1076", "mmlb-1066", "And its capitalization ratio?"),
    ("mmlb-1061", "mmlb-1062", "And which of its activities brought in the most cash in FY2022?"),
    ("ohr-3c71efbd", "ohr-3c8ef1df", "How long does its flashlight stay on?"),
    ("ohr-3cbafcaa", "ohr-3da43c35", "And where should it sit on the wrist?"),
    ("ohr-3ce9f48b", "ohr-3d17fd48", "And what causes poor signals?"),
    ("ohr-3d5f75ca", "ohr-3d946990", "What if the drugs against it wear off?"),
    ("ohr-3cd17950", "ohr-3d89141e", "What is it mainly used for?"),
    ("ohr-3d6073b7", "ohr-3d98c0c9", "Should it be measured right after coffee?"),
    ("ohr-3df8eeef", "ohr-3e23ca69", "And which versions have lifecycle rules?"),
    ("ohr-3e8bcac0", "ohr-3e5984b7", "And in the fifth release of August 2018?"),
    ("ohr-3eca4942", "ohr-3eb8a77a", "And for backups?"),
    ("ohr-3e3f40cc", "ohr-3e4b9b65", "And online decompression?"),
    ("ohr-3e7a0cdd", "ohr-3e5aed83", "And the ninth?"),
    ("ohr-3f97ec46", "ohr-3fa79864", "Which buttons take a whole one?"),
    ("ohr-3f5245f2", "ohr-3fc9f149", "How are they unlocked by face?"),
    ("ohr-3fb6e8aa", "ohr-3efde143", "And how is a fingerprint enrolled?"),
    ("ohr-3faca756", "ohr-3f41b5b5", "And how is it turned on?"),
    ("ohr-45f8ba73", "ohr-465bb8d7", "And its brightness?"),
    ("ohr-468f6365", "ohr-464511ec", "And to customize the other one?"),
    ("ohr-463a5240", "ohr-469ba933", "And how are its zones calculated?"),
    ("ohr-45c596d4", "ohr-466d9e99", "How is another mode added?"),
)


@dataclass(frozen=True, slots=True)
class Case:
    before: Question
    meant: Question
    asked: str

    @property
    def searched(self) -> str:
        return standalone(self.asked, [self.before.question])


def cases(data: RetrievalSet) -> list[Case]:
    """The cases whose questions the set has. Raises SystemExit for an id that begins several questions."""

    def question(begin: str) -> Question | None:
        found = [q for q in data.questions if q.id.startswith(begin)]
        if len(found) > 1:
            raise SystemExit(f"{begin} begins the ids of {len(found)} questions.")
        return found[0] if found else None

    pairs = [(question(before), question(meant), asked) for before, meant, asked in CASES]
    return [Case(before, meant, asked) for before, meant, asked in pairs if before and meant]


def page_recall(data: RetrievalSet, searched: str, gold: Question, k: int = 5) -> float:
    indexes = [data.indexes[name] for name in gold.documents]
    passages = search(searched, indexes, {}, data.embedder, DEPTH, glossary=data.glossary)
    pages = list(dict.fromkeys(passage.chunk.page for passage in passages))
    return float(np.mean([page in pages[:k] for page in gold.gold_pages]))


def neighbours(questions: Sequence[Question]) -> Iterator[tuple[Question, Question]]:
    """Each question of the set after another one of its document: these say themselves what they are about."""
    last: dict[tuple[str, ...], Question] = {}
    for question in questions:
        if question.documents in last:
            yield last[question.documents], question
        last[question.documents] = question


def main() -> None:
    parser = argument_parser(__doc__ or "")
    parser.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    parser.add_argument("--misses", action="store_true", help="print the follow-ups that find less")
    arguments = parser.parse_args()
    data = open_set(arguments)
    asked = cases(data)
    spelled_out = [page_recall(data, case.meant.question, case.meant) for case in asked]
    continued = [page_recall(data, case.searched, case.meant) for case in asked]
    alone = [page_recall(data, case.asked, case.meant) for case in asked]
    pairs = list(neighbours(data.questions))
    by_itself = [page_recall(data, question.question, question) for _, question in pairs]
    after_another = [
        page_recall(data, standalone(question.question, [before.question]), question) for before, question in pairs
    ]
    taken = sum(is_follow_up(question.question) for _, question in pairs)
    moved = [not set(case.meant.gold_pages) & set(case.before.gold_pages) for case in asked]
    far_full, far_found = (
        [found for found, far in zip(column, moved, strict=True) if far] for column in (spelled_out, continued)
    )
    rows = [
        f"| {len(asked)} follow-ups, searched | page R@5 |",
        "|---|---|",
        f"| as the full question that is meant | {cell(spelled_out)} |",
        f"| **as Footnote searches them**, with what they leave out | {cell(continued)} |",
        f"| as they are asked | {cell(alone)} |",
        f"| the {sum(moved)} whose page is not the one before: as meant | {cell(far_full)} |",
        f"| **… as Footnote searches them** | {cell(far_found)} |",
        "",
        f"| {len(pairs)} questions that stand alone, searched | page R@5 |",
        "|---|---|",
        f"| as asked first | {cell(by_itself)} |",
        f"| as asked after another one ({taken} taken for a follow-up) | {cell(after_another)} |",
    ]
    print("\n".join(rows))
    for case, full, found in zip(asked, spelled_out, continued, strict=True):
        if arguments.misses and found < full:
            print(f"{case.meant.id[:16]} {full:.2f} -> {found:.2f} | {is_follow_up(case.asked)} | {case.searched}")
    if arguments.write:
        write_section("follow-ups", "\n".join([HEAD, *rows]))


HEAD = """## Follow-ups

`python -m benchmarks.follow_ups --write`: elliptical questions of ours ("And in 2015?") after a question of the
development part, searched in its document. Small figures: 95 % bootstrap intervals.
"""

if __name__ == "__main__":
    main()
