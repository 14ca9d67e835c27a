"""The errors that Kairos raises on purpose.

KairosError
├── SettingsError          a setting has a value that cannot be used
├── SourceError            a file, folder or feed cannot be read at all
│   └── MappingError       a column mapping does not fit its source or the Item schema
├── CatalogueError         the store of items cannot be opened, read or written
├── ModelError             an embedder, scorer or adapter cannot be loaded or run
├── LanguageModelError     the configured chat model failed or answered outside its schema
└── UnknownItemError       an id that the catalogue does not hold

A message says what was wrong, where, and what to do next, in one line. Library
errors are wrapped once, where they enter, with the cause kept (``raise ... from``).
"""


class KairosError(Exception):
    """Root of every error that a user of Kairos is meant to see."""


class SettingsError(KairosError):
    """A setting has a value that cannot be used."""


class SourceError(KairosError):
    """A file, folder or feed cannot be read at all."""


class MappingError(SourceError):
    """A column mapping does not fit its source or the Item schema."""


class CatalogueError(KairosError):
    """The store of items cannot be opened, read or written."""


class ModelError(KairosError):
    """An embedder, scorer or adapter cannot be loaded or run."""


class LanguageModelError(KairosError):
    """The configured chat model failed, timed out or answered outside its schema."""


class UnknownItemError(KairosError):
    """An id that the catalogue does not hold."""
