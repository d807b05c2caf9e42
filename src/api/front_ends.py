"""What front ends ask for themselves beside a person's questions: a title, tags, what to ask next.

Such a prompt is no question to the documents. Open WebUI's begin with "### Task:" and name the JSON object they want
(https://docs.openwebui.com, "task model"); LibreChat, NextChat, LobeChat and others order a title for the conversation
in a sentence of their own, some in a system message. What bears no mark is answered as a question.
"""

from __future__ import annotations

import json
import re

_TASK = "### Task:"
_WANTED = re.compile(r'\{\s*"(?P<key>\w+)"\s*:\s*(?P<opens>\[|")')
# An order to write a title, and what for: a person asks for a document's title, not for that of "our conversation".
_ORDER = re.compile(
    r"\b(?:generate|create|write|provide|suggest|give|make|come up with|summari[sz]e|reply|respond|return|output)\b"
    r"[^.?\n]{0,120}\btitle\b",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"\b(?:this|our|the|the (?:user'?s|following|above|given)|a user'?s) (?:conversation|chat|dialog(?:ue)?)\b"
    r"|\b(?:this|our|the (?:user'?s|following|above)) (?:discussion|messages?|request|question)\b"
    r"|^\s*(?:conversation|chat history)\s*:|\btitle only\b|\bonly the title\b",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED = re.compile(r"[\"“'‘](?P<words>[^\"”\n]{3,})[\"”'’]\s*$")
_SAID = re.compile(r"^\s*(?:USER|user|User)\s*:\s*(?P<words>\S.*)$", re.MULTILINE)
_TITLE_CHARS = 60


def is_task(prompt: str) -> bool:
    """Whether a front end says this and no person.

    >>> is_task("### Task: Generate a concise title"), is_task("What is the task of the board?")
    (True, False)
    >>> is_task("Please generate a four to five word title summarizing our conversation without any punctuation.")
    True
    >>> is_task("Give the title of the report."), is_task("Summarize the discussion of the title defects.")
    (False, False)
    """
    return prompt.lstrip().startswith(_TASK) or asks_for_a_title(prompt)


def asks_for_a_title(prompt: str) -> bool:
    """Whether this tells a model to name the conversation, in whatever words."""
    return bool(_ORDER.search(prompt) and _TALK.search(prompt))


def task_reply(prompt: str, first: str = "") -> str:
    r"""What a task gets without any model: a title from the first question, an empty list, or nothing.

    `first` is the conversation's first question, where it stands in messages of its own.

    >>> task_reply('### Task:\nA title. JSON format: { "title": "your title" }\nUSER: How much cargo?\nASSISTANT: 3')
    '{"title": "How much cargo?"}'
    >>> task_reply('### Task:\nSuggest. JSON format: { "follow_ups": ["Question 1?"] }')
    '{"follow_ups": []}'
    >>> task_reply("### Task:\nSay something.")
    ''
    >>> task_reply("Write a short title for our conversation.", "How much cargo was handled?")
    'How much cargo was handled?'
    """
    wanted = _WANTED.search(prompt)
    if wanted is None:
        return _title(prompt, first) if asks_for_a_title(prompt) else ""
    if wanted["opens"] == "[":
        return json.dumps({wanted["key"]: []})
    return json.dumps({wanted["key"]: _title(prompt, first)}, ensure_ascii=False)


def _title(prompt: str, first: str) -> str:
    said = _SAID.search(prompt) or (None if first else _QUOTED.search(prompt))
    words = said["words"].strip() if said else first
    return words if len(words) <= _TITLE_CHARS else words[: _TITLE_CHARS - 1].rsplit(" ", 1)[0] + "…"
