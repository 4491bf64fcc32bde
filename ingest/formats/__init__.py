"""One module for each kind of file: bytes → what it says of itself, see `ingest.formats.extracted`."""
