"""`python -m prepdoc`: the command line without an installed script."""

import sys

from prepdoc.cli import main

if __name__ == "__main__":
    sys.exit(main())
