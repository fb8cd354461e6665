# SPDX-License-Identifier: MIT
"""Do files include each other in a circle? a.c and a.h are one file here."""
import graphlib
import re
import sys

import tree

INCLUDE = re.compile(r'^#include "([^"]+)\.h"', re.MULTILINE)


def needs(top):
    """What each file needs: paths below src without their suffixes."""
    found = {}
    for path in tree.files(top, ['src'], ['.c', '.h']):
        name = path.relative_to('src').with_suffix('').as_posix()
        text = tree.code_of(tree.read(top, path))
        found.setdefault(name, set()).update(
            set(INCLUDE.findall(text)) - {name})
    return found


def check(top):
    graph = needs(top)
    complaints = []
    while True:
        try:
            graphlib.TopologicalSorter(graph).prepare()
            return len(graph), complaints
        except graphlib.CycleError as error:
            circle = error.args[1][::-1]
            complaints.append('a circle: ' + ' needs '.join(circle))
            graph[circle[0]].discard(circle[1])


if __name__ == '__main__':
    tree.end(*check(sys.argv[1]))
