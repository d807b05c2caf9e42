"""What Footnote says, in the language of whoever reads it.

English stands in the code, where it is meant; a sentence is data (`shared_utils.message.Message`) until a renderer says
it. The other languages are catalogues beside this file, one TOML file each: `[templates]` are looked up as they stand,
`[plurals]` by the plural category of the number they count. A test reads the source and names what a catalogue lacks.

    >>> say = Say("de")
    >>> say("Reading page {page} of {pages}", page=3, pages=9)
    'Liest Seite 3 von 9'
"""

from src.i18n.say import ENGLISH, GERMAN, LANGUAGES, Say, phrase, say_for

__all__ = ["ENGLISH", "GERMAN", "LANGUAGES", "Say", "phrase", "say_for"]
