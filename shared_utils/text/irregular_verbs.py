"""The forms of English verbs that no stemmer brings together: "feeds" and "fed", "written" and "wrote"."""

from __future__ import annotations

from shared_utils.text.words import terms

_VERBS = (  # present, past and, where it differs, participle
    "arise arose arisen, awake awoke awoken, bear bore borne born, beat beaten, become became, begin began begun, "
    "bend bent, bind bound, bite bit bitten, bleed bled, blow blew blown, break broke broken, breed bred, bring "
    "brought, build built, burn burnt, buy bought, catch caught, choose chose chosen, come came, creep crept, "
    "deal dealt, dig dug, draw drew drawn, drink drank drunk, drive drove driven, eat ate eaten, fall fell "
    "fallen, feed fed, feel felt, fight fought, find found, flee fled, fly flew flown, forbid forbade forbidden, "
    "forget forgot forgotten, forgive forgave forgiven, freeze froze frozen, get got gotten, give gave given, go "
    "went gone, grind ground, grow grew grown, hang hung, hear heard, hide hid hidden, hold held, keep kept, "
    "kneel knelt, know knew known, lay laid, lead led, lean leant, learn learnt, leave left, lend lent, lie lay "
    "lain, light lit, lose lost, make made, mean meant, meet met, mow mown, overtake overtook overtaken, pay "
    "paid, prove proven, ride rode ridden, ring rang rung, rise rose risen, run ran, saw sawn, say said, see saw "
    "seen, seek sought, sell sold, send sent, sew sewn, shake shook shaken, shine shone, shoot shot, show shown, "
    "shrink shrank shrunk, sing sang sung, sink sank sunk, sit sat, sleep slept, slide slid, sow sown, speak "
    "spoke spoken, speed sped, spend spent, spill spilt, spin spun, spring sprang sprung, stand stood, steal "
    "stole stolen, stick stuck, strike struck stricken, strive strove striven, swear swore sworn, sweep swept, "
    "swell swollen, swim swam swum, swing swung, take took taken, teach taught, tear tore torn, tell told, think "
    "thought, throw threw thrown, tread trod trodden, undergo underwent undergone, understand understood, "
    "undertake undertook undertaken, wake woke woken, wear wore worn, weave wove woven, weep wept, win won, wind "
    "wound, withdraw withdrew withdrawn, withhold withheld, withstand withstood, wring wrung, write wrote written"
)


def forms_of(word: str) -> tuple[str, ...]:
    """The forms of the verb that a word is a form of, itself among them; () for one that is none of these.

    >>> forms_of("feeds"), forms_of("written"), forms_of("pump")
    (('feed', 'fed'), ('write', 'wrote', 'written'), ())
    """
    return tuple(form for term in terms(word) for form in _FORMS.get(term, ()))


def _by_stem() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for verb in _VERBS.split(","):
        forms = tuple(verb.split())
        for form in forms:
            for term in terms(form):
                found[term] = tuple(dict.fromkeys((*found.get(term, ()), *forms)))
    return found


_FORMS = _by_stem()
