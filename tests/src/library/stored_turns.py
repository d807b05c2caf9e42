"""Turns as commit 9c90ec5 stored them: the bodies in its database, one a line. A store of that time must still open."""

from __future__ import annotations

from pathlib import Path

STORED = Path(__file__).with_name("turns_of_9c90ec5.jsonl").read_text(encoding="utf-8").splitlines()
ANSWERED, NOT_ASKED, LIST_BEGUN, LIST_ENDED, BEING_ANSWERED = STORED

# An answer of an OpenAI-compatible server, as it was kept before it was known where one is written.
KEPT_BEFORE_PLACES = """{
  "id": "t1",
  "question": "How much?",
  "answer": {
    "question": "How much?",
    "answerable": true,
    "sentences": [
      {"text": "41.2 million.", "citations": [1], "verdict": "supported", "reason": "", "paragraph": 0, "item": ""}
    ],
    "citations": [
      {"marker": 1, "document_id": "ab", "document": "report.pdf", "page": 7, "page_label": "v",
       "quote": "41.2 million m³", "start": 10, "end": 25, "rects": [[1.0, 2.0, 3.5, 4.0]]}
    ],
    "finish_reason": "stop",
    "stats": {"backend": "endpoint", "model": "qwen3:8b", "prompt_tokens": 512, "cached_prompt_tokens": null,
              "output_tokens": 9, "load_s": null, "prompt_evaluation_s": null, "generation_s": null,
              "time_to_first_token_s": 1.5},
    "raw_text": "41.2 million. [1]",
    "notes": []
  },
  "extractive": null,
  "changes": [],
  "timings": {"total_s": 2.5},
  "error": "",
  "asking": {"only": "", "ask_anyway": false, "alone": false, "then": [], "listed": false},
  "asked_on": 1795260948.0,
  "rating": 0,
  "pending": false,
  "stages": [
    {"stage": "retrieving", "started_s": 0.0, "seconds": 0.2, "engine": "", "model": ""},
    {"stage": "reading", "started_s": 0.2, "seconds": 1.3, "engine": "endpoint", "model": "qwen3:8b"}
  ],
  "passages_left": 0
}"""
