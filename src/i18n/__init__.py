"""What Footnote says, in the language of whoever reads it.

English stands in the code, where it is meant. The other languages are catalogues beside this file, one TOML file each:
`[phrases]` are templates of the code, looked up as they stand; `[messages]` are finished sentences of the core, which
are recognised by their template and said anew. A test reads the source and names what a catalogue lacks.

    >>> say = Say("de")
    >>> say("Reading page {page} of {pages}", page=3, pages=9)
    'Liest Seite 3 von 9'
    >>> say.message("llama3.2:3b broke off before the end of its answer. Ask again.")
    'llama3.2:3b hat vor dem Ende der Antwort abgebrochen. Bitte noch einmal fragen.'
"""

from src.i18n.say import ENGLISH, GERMAN, LANGUAGES, Say, phrase, say_for

__all__ = ["ENGLISH", "GERMAN", "LANGUAGES", "Say", "phrase", "say_for"]
