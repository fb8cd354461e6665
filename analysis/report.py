#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Write a page about a study: what was run, where the zone is, figures,
failures, cost and provenance. One HTML file that needs no network."""
import argparse
import os
import sys

import needed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="result file of a study, finished or not")
    parser.add_argument("-o", "--output", metavar="HTML",
                        help="where to; default beside the file, .html")
    args = parser.parse_args()
    with needed.modules():
        import goldilocks
        from goldilocks import page
    output = args.output or os.path.splitext(args.file)[0] + ".html"
    try:
        ds = goldilocks.open_results(args.file)
    except goldilocks.NotAResult as error:
        raise SystemExit(str(error)) from error
    text = page.report(ds, os.path.basename(args.file))
    os.makedirs(os.path.dirname(output) or ".", exist_ok=True)
    with open(output, "w", encoding="utf-8") as file:
        file.write(text)
    print(output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
