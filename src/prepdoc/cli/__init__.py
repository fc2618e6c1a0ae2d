"""The command line, the outermost stage: words typed → `prepare` → a report and an exit code.

`app` knows the commands and their options, `preparing` does the files one after the other,
`details` gets the cardholder's details, `failing` turns errors into a line and an exit code.
Nothing heavy is imported before it is used: `prepdoc --help` answers at once.
"""

from prepdoc.cli.app import main

__all__ = ["main"]
