# SPDX-License-Identifier: MIT
"""No function over 70 lines, no source over 500."""
import sys

import tree

MAX_FUNCTION = 70
MAX_FILE = 500


def functions(lines):
    """(first line, number of lines) of each body that starts in column 1."""
    first = None
    for number, line in enumerate(lines, 1):
        if line.startswith('{'):
            first = number
        elif line.startswith('}') and first is not None:
            yield first, number - first + 1
            first = None


def check(top):
    n_checked = 0
    complaints = []
    for path in tree.files(top, ['src', 'tests'], ['.c']):
        lines = tree.read(top, path).split('\n')
        n_checked += 1
        if len(lines) - 1 > MAX_FILE:
            complaints.append(f'{path}: {len(lines) - 1} lines')
        complaints += [f'{path}:{first}: a function of {length} lines'
                       for first, length in functions(lines)
                       if length > MAX_FUNCTION]
    return n_checked, complaints


if __name__ == '__main__':
    tree.end(*check(sys.argv[1]))
