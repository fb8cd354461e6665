#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Write a page about a study: what was run, where the zone is, figures,
failures, cost and provenance. One HTML file that needs no network.

Eigenvalues and trainings are drawn of each network, of up to eight; --at says
of which."""
import os
import sys

import needed


def main():
    parser = needed.Parser(description=__doc__)
    parser.add_argument("file", help="result file of a study, finished or not")
    needed.output_options(parser, "HTML",
                          "where to; default beside the file, .html")
    parser.add_argument("--at", metavar="KEY=VALUE,...", default="",
                        help="figures at these values of axes only, such as "
                        "activation=relu,depth=2")
    args = parser.parse_args()
    with needed.modules():
        import goldilocks
        from goldilocks import outputs, page
    output = args.output
    if output is None:
        output = os.path.splitext(args.file)[0] + ".html"
    with needed.one_message(args.file), outputs.making(
            output, outputs.PAGE, [args.file], args.overwrite) as name:
        ds = goldilocks.open_results(args.file)
        text = page.report(ds, os.path.basename(args.file), args.at)
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
    needed.say(output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
