"""Build the pages: ``python -m website`` all of them, ``python -m website explore`` the widgets alone."""

import argparse
import sys
import webbrowser

from website.assemble import build_explore, build_site
from website.frontend import NodeMissing

# Times on two processors, as `python -m benchmarks` measures them.
_FIRST_TIME = {
    "site": (
        "The first time, npm fetches the pages' browser parts and every lesson is executed: about a minute "
        "and a half on two processors. What was executed is kept for the next time."
    ),
    "explore": (
        "The first time, npm fetches the page's browser parts and the agents of five figures are trained: "
        "about two minutes on two processors. What was trained is kept for the next time."
    ),
}


def main() -> None:
    """Parse the command line, build, and open the page in the browser when asked to."""
    parser = argparse.ArgumentParser(prog="python -m website", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("site", "explore"), default="site")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    options = parser.parse_args()
    print(_FIRST_TIME[options.what], flush=True)
    try:
        page = build_site() if options.what == "site" else build_explore()
    except NodeMissing as missing:
        sys.exit(str(missing))
    print(page)
    if options.open and not webbrowser.open(page.as_uri()):
        print("No browser could be opened; open the file above yourself.")


if __name__ == "__main__":
    main()
