"""A question and passages → which sentences answer, and by which words, by a small model of our own."""

from qa.reader.reading import Reader, ReaderError, Reading, Text

__all__ = ["Reader", "ReaderError", "Reading", "Text"]
