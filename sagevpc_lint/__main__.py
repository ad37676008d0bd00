"""`python -m sagevpc_lint` is `sagevpc-lint`."""

import sys

from sagevpc_lint.cli import main

sys.exit(main())
