"""Errors whose text is meant for the person in front of the program."""


class UserFacingError(Exception):
    """Something went wrong that the user can mend; the text says what to do next.

    `exit_code` is what a command line ends with: 1 failed, 2 wrong usage or config.
    """

    exit_code = 1


class ConfigError(UserFacingError):
    """A line of config.toml, or of the command line, that cannot be followed."""

    exit_code = 2


class IndexMissing(UserFacingError):
    """Nothing has been ingested yet, or the index is somewhere else."""


class NoArticles(UserFacingError):
    """The index is whole and holds no article."""


class IndexBroken(UserFacingError):
    """The current generation cannot be read."""


class CatalogueBroken(IndexBroken):
    """The articles of a generation cannot be read, or are not what was published."""


class VectorsBroken(IndexBroken):
    """The vectors of a generation cannot be searched; its words still can."""


class VectorsUnreachable(VectorsBroken):
    """The server that holds the vectors does not answer; they may be as good as ever."""


class StorageFailed(UserFacingError):
    """The disk is full, or what is to be written to cannot be."""


class EmbedderMismatch(UserFacingError):
    """The index was made by another embedder than the one configured."""


class ModelFilesMissing(UserFacingError):
    """The local model or tokenizer is not in place; `make install` puts it there."""


class EmbeddingUnavailable(UserFacingError):
    """The embedding endpoint cannot be reached or refuses."""


class IngestBusy(UserFacingError):
    """Another ingest holds the lock."""


class NothingToRollBack(UserFacingError):
    """There is no older generation on disk."""
