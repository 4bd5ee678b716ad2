"""strace for the fault tests, which fail and kill the server at single calls: Linux only."""

import shutil
import sys

from setup_browser import install_debian_packages
from setup_steps import Failure, step


def make_sure_of_strace() -> bool:
    if sys.platform != "linux" or shutil.which("strace"):
        return False
    with step("installing strace for the fault tests"):
        install_debian_packages("strace")
        if not shutil.which("strace"):
            raise Failure("The fault tests need strace: install it so that it is on the PATH.")
    return True
