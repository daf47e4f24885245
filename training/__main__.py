"""`python -m training ELEMENT --data DIR`."""

import os
import sys

from training.commands.train import main
from workbench.domain.cores import wait_asleep
from workbench.domain.errors import WorkbenchError

if __name__ == "__main__":
    wait_asleep(os.environ)
    try:
        sys.exit(main())
    except WorkbenchError as error:
        print(f"training: {error}", file=sys.stderr)
        sys.exit(2)
