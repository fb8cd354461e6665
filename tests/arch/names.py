# SPDX-License-Identifier: MIT
"""No function of a Python file by the name of another: a test that is hidden by
one never runs, and says nothing."""
import ast
import collections
import sys

import tree


def repeated(text):
    """Names that a module or a class of it defines more than once."""
    module = ast.parse(text)
    for scope in [module, *(node for node in ast.walk(module)
                            if isinstance(node, ast.ClassDef))]:
        names = collections.Counter(
            node.name for node in scope.body
            if isinstance(node, (ast.FunctionDef, ast.ClassDef))
            and not any(isinstance(of, ast.Attribute)  # @property and @x.setter
                        for of in node.decorator_list))
        yield from (name for name, n in names.items() if n > 1)


def check(top):
    n_checked = 0
    complaints = []
    for path in tree.files(top, ['tests', 'analysis', 'src', 'jobs'], ['.py']):
        n_checked += 1
        complaints += [f'{path}: {name} is defined twice'
                       for name in repeated(tree.read(top, path))]
    return n_checked, complaints


if __name__ == '__main__':
    tree.end(*check(sys.argv[1]))
