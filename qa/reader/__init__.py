"""A question and passages → which sentences answer, and by which words, by a small model of our own."""

from qa.reader.reading import WEIGHTS, Reader, ReaderError, Reading, Text

__all__ = ["WEIGHTS", "Reader", "ReaderError", "Reading", "Text"]
