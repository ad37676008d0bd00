"""What a reader says of a value that its schema accepts and that cannot be right all the same."""

from sagevpc_lint.source import Source


class Refusal(Exception):
    """A value in a document is refused: where it stands and why, without line and column."""

    def __init__(self, source: Source, message: str) -> None:
        super().__init__(source, message)
        self.source, self.message = source, message
