"""What front ends ask for themselves beside a person's questions: a title, tags, what to ask next.

Such a prompt is no question to the documents. Open WebUI's begin with "### Task:" and name the JSON object they want
(https://docs.openwebui.com, "task model"); others bring no mark of their own and say `store: false` or are answered as
questions.
"""

from __future__ import annotations

import json
import re

_TASK = "### Task:"
_WANTED = re.compile(r'\{\s*"(?P<key>\w+)"\s*:\s*(?P<opens>\[|")')
_SAID = re.compile(r"^\s*(?:USER|user|User)\s*:\s*(?P<words>\S.*)$", re.MULTILINE)
_TITLE_CHARS = 60


def is_task(prompt: str) -> bool:
    """Whether a front end says this and no person.

    >>> is_task("### Task: Generate a concise title"), is_task("What is the task of the board?")
    (True, False)
    """
    return prompt.lstrip().startswith(_TASK)


def task_reply(prompt: str) -> str:
    r"""What a task gets without any model: a title from the first question, an empty list, or nothing.

    >>> task_reply('### Task:\nA title. JSON format: { "title": "your title" }\nUSER: How much cargo?\nASSISTANT: 3')
    '{"title": "How much cargo?"}'
    >>> task_reply('### Task:\nSuggest. JSON format: { "follow_ups": ["Question 1?"] }')
    '{"follow_ups": []}'
    >>> task_reply("### Task:\nSay something.")
    ''
    """
    wanted = _WANTED.search(prompt)
    if wanted is None:
        return ""
    if wanted["opens"] == "[":
        return json.dumps({wanted["key"]: []})
    return json.dumps({wanted["key"]: _title(prompt)}, ensure_ascii=False)


def _title(prompt: str) -> str:
    said = _SAID.search(prompt)
    words = said["words"].strip() if said else ""
    return words if len(words) <= _TITLE_CHARS else words[: _TITLE_CHARS - 1].rsplit(" ", 1)[0] + "…"
