"""Engines that write answers: one adapter a file, all behind `AnswerGenerator`."""
