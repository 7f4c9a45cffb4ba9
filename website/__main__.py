"""Build the pages: ``python -m website`` all of them, ``python -m website explore`` the widgets alone."""

import argparse
import sys
import webbrowser

from website.assemble import build_explore, build_site
from website.frontend import NodeMissing


def main() -> None:
    """Parse the command line, build, and open the page in the browser when asked to."""
    parser = argparse.ArgumentParser(prog="python -m website", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("site", "explore"), default="site")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    options = parser.parse_args()
    try:
        page = build_site() if options.what == "site" else build_explore()
    except NodeMissing as missing:
        sys.exit(str(missing))
    print(page)
    if options.open and not webbrowser.open(page.as_uri()):
        print("No browser could be opened; open the file above yourself.")


if __name__ == "__main__":
    main()
