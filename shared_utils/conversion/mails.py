"""What a mail says: who wrote it to whom, when, about what, and its words. Used in the child alone."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from shared_utils.conversion.blocks import Block, CannotConvert, Content, Heading, Paragraph, Run, plain
from shared_utils.conversion.html_blocks import html_content
from shared_utils.conversion.text_blocks import decoded, text_content

_HEADERS = ("From", "To", "Cc", "Date")
_MOST_ATTACHMENTS = 200


def mail_content(data: bytes) -> Content:
    """The heads that a reader of mail shows, the names of what is attached, and the text; the web page that a mail may
    bring beside its text only where it has no text. Raises CannotConvert("damaged")."""
    mail = BytesParser(policy=policy.default).parsebytes(data)
    if not isinstance(mail, EmailMessage) or not mail.keys():
        raise CannotConvert("damaged")
    subject = _header(mail, "Subject")
    before: list[Block] = [Heading(1, plain(subject))] if subject else []
    said = [(name, _header(mail, name)) for name in _HEADERS] + [("Attachments", _attachments(mail))]
    before += [Paragraph((Run(f"{name}: ", bold=True), Run(value))) for name, value in said if value]
    body = _body(mail)
    if not before and not body:
        raise CannotConvert("empty")
    return Content(subject, (*before, *body))


def _header(mail: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(mail.get(name, "")).split())
    except (ValueError, TypeError, IndexError, AttributeError, LookupError):  # email raises them on what is malformed
        return ""


def _attachments(mail: EmailMessage) -> str:
    """Their names only: a file that is attached is a document of its own."""
    names: list[str] = []
    for part in mail.walk():
        try:
            name = part.get_filename()
        except (ValueError, TypeError, LookupError):
            continue
        if name and len(names) < _MOST_ATTACHMENTS:
            names.append(" ".join(str(name).split()))
    return ", ".join(names)


def _body(mail: EmailMessage) -> tuple[Block, ...]:
    for kind in ("plain", "html"):
        try:
            part = mail.get_body((kind,))
        except (ValueError, TypeError, LookupError, AttributeError):
            continue
        if isinstance(part, EmailMessage):
            text = _text(part)
            blocks = html_content(text).blocks if kind == "html" else text_content(text).blocks
            if blocks:
                return blocks
    return ()


def _text(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    return decoded(payload, part.get_content_charset("") or "") if isinstance(payload, bytes) else ""
