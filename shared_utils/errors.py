"""Everything that can go wrong, drawn once.

FootnoteError                    its message can be shown to a person as it stands
 ├ DocumentError                 about one file; the others go on
 │  ├ NotAPdf                    the bytes are something else, or nothing
 │  ├ UnreadablePdf              a PDF, but neither reader could read it
 │  │  └ DamagedFile             and neither ever will
 │  ├ EncryptedPdf               a password is needed
 │  │  └ WrongPassword           the one given does not open it
 │  ├ PdfTooLarge                more bytes or pages than there is room for
 │  │  └ FileTooLarge            than is taken of one file
 │  ├ DocumentGone               deleted while it was being used
 │  └ NotFailed                  there is nothing to try again
 ├ WebAddressError               nothing can be fetched from there
 ├ ShareUsedUp                   more than one sender may have; `again_s` says when it goes on
 ├ QuestionError                 nothing was asked, or far too much
 ├ CollectionError               a group of documents that cannot be made, named or found so
 │  └ CollectionNameTaken        another one is called so
 ├ EmbeddingError                the embedding model cannot be loaded or is not the one expected
 ├ StorageError                  the data folder is full, damaged, locked or not ours to write
 │  └ DamagedDocument            what was read of one file cannot be read back: read it anew
 └ GenerationError               about one engine; another may still answer
    ├ GeneratorUnavailable       is busy, refuses the key, cannot take the question
    │  └ EngineMisconfigured     cannot be reached, has no such model: only the operator can help
    ├ GenerationTimeout          its first token did not come in time
    └ GenerationInterrupted      words came, then they stopped coming

"The documents do not say" is a result, never an error. A message says what happened, to what, and what to do next.
"""

from __future__ import annotations

from shared_utils.message import Message, message


class FootnoteError(Exception):
    """Base of every error whose message is meant for a person: `str(error)` says it in English.

    >>> str(PdfTooLarge("{name} has {pages:,} pages.", name="a.pdf", pages=5000))
    'a.pdf has 5,000 pages.'
    """

    def __init__(self, said: str | Message, /, **values: object) -> None:
        self.message = said if isinstance(said, Message) else message(said, **values)
        super().__init__(self.message)

    @property
    def for_reader(self) -> Message:
        """What somebody is told who only reads here."""
        return self.message

    def __str__(self) -> str:
        return str(self.message)


class DocumentError(FootnoteError):
    """`lasts`: whether the same bytes fail again whenever they are read, so that another try cannot help."""

    lasts: bool = False


class NotAPdf(DocumentError):
    lasts = True


class UnreadablePdf(DocumentError): ...


class DamagedFile(UnreadablePdf):
    lasts = True


class EncryptedPdf(DocumentError): ...


class WrongPassword(EncryptedPdf): ...


class PdfTooLarge(DocumentError): ...


class FileTooLarge(PdfTooLarge):
    """By itself, whatever room there is."""

    lasts = True


class DocumentGone(DocumentError): ...


class NotFailed(DocumentError): ...


class WebAddressError(FootnoteError): ...


class ShareUsedUp(FootnoteError):
    """`again_s`: in how many seconds it goes on."""

    def __init__(self, said: str, /, *, again_s: float = 60.0, **values: object) -> None:
        super().__init__(said, **values)
        self.again_s = again_s


class QuestionError(FootnoteError): ...


class CollectionError(FootnoteError): ...


class CollectionNameTaken(CollectionError): ...


class EmbeddingError(FootnoteError): ...


class StorageError(FootnoteError): ...


class DamagedDocument(StorageError): ...


class GenerationError(FootnoteError): ...


class GeneratorUnavailable(GenerationError): ...


class EngineMisconfigured(GeneratorUnavailable):
    """Nobody can write until whoever runs the server does what the message says."""

    @property
    def for_reader(self) -> Message:
        return message("The language model of this server cannot be reached at the moment.")


class GenerationTimeout(GenerationError): ...


class GenerationInterrupted(GenerationError):
    """`model`: whose words they were, where an engine has several; else ""."""

    model: str = ""
