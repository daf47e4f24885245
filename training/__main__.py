"""`python -m training ELEMENT --data DIR`."""

import sys

from training.cli import main
from workbench.domain.errors import WorkbenchError

if __name__ == "__main__":
    try:
        sys.exit(main())
    except WorkbenchError as error:
        print(f"training: {error}", file=sys.stderr)
        sys.exit(2)
