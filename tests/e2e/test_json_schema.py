# SPDX-License-Identifier: MIT
"""The JSON Schema of studies is that of the table of keys, takes every file in
configs/, and refuses what the program refuses."""
import json
import pathlib
import re

import jsonschema
import pytest
import yaml

import support

TOP = pathlib.Path(__file__).resolve().parents[2]
TEXT = (TOP / 'configs/study.schema.json').read_text()
SCHEMA = json.loads(TEXT)
CONFIGS = sorted((TOP / 'configs').glob('*.yaml'))


class Loader(yaml.SafeLoader):
    """YAML 1.2: 1e-2 is a number, yes and on are words."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers
            if not tag.endswith((':float', ':bool', ':timestamp'))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Loader.add_implicit_resolver(
    'tag:yaml.org,2002:float',
    re.compile(r'[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$'),
    list('-+.0123456789'))
Loader.add_implicit_resolver('tag:yaml.org,2002:bool',
                             re.compile(r'(true|false)$'), list('tf'))


def check(text):
    jsonschema.Draft7Validator(SCHEMA).validate(yaml.load(text, Loader))


GOOD = '''
study: test
grid: {depth: [1, 2], seed: {count: 3}, radius: {from: 1e-2, to: 1, count: 5}}
data: {set: circles}
curvature: {subspace: {dim: [5, 2]}}
'''


def test_schema_is_one():
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def test_copies_are_what_the_program_says():
    """Else: cmake --build BUILD --target gold_keys."""
    assert support.succeed('keys', '--format', 'schema').out == TEXT
    assert (support.succeed('keys', '--format', 'markdown').out
            == (TOP / 'configs/KEYS.md').read_text())


def titled(node):
    """All parts of the schema that have a title."""
    if isinstance(node, dict):
        if 'title' in node and isinstance(node['title'], str):
            yield node
        for value in node.values():
            yield from titled(value)


def test_keys_are_told():
    """As JSON: each with a meaning, its default one that the schema takes."""
    keys = json.loads(support.succeed('keys', '--json').out)
    parts = {part['title']: part for part in titled(SCHEMA)}
    assert len(keys) > 80
    for key in keys:
        part = parts[key['key']]
        assert part['description'].startswith(key['means'])
        assert part.get('default') == key['default']
        if key['default'] is not None:
            jsonschema.validate(key['default'],
                                {**part, '$defs': SCHEMA['$defs']})
    assert sum(key['default'] is not None for key in keys) > 50
    assert json.loads(support.succeed('keys', 'data_scale', '--json').out) == [
        key for key in keys if key['key'] == 'data.scale']


def test_keys_on_a_terminal():
    assert 'network.depth' in support.succeed('keys').out
    some = support.succeed('keys', 'train.stop', 'depth').out
    assert some.startswith('network.depth\n')
    assert 'default: 2. May be an axis' in ' '.join(some.split())
    assert 'train.stop.patience\n' in some and 'data.' not in some
    assert max(map(len, some.splitlines())) < 80
    manual = support.succeed('keys', '--format', 'man').out
    assert manual.count('\n.TP\n.B ') > 80
    assert all(re.match(r'[.](TH|SH|TP|B)\b', line)
               for line in manual.splitlines() if line[:1] in ".'")
    for word, key in (('catapult', 'train.track: catapult'),
                      ('sharpness', 'train.track: sharpness'),
                      ('norm_of_phase', 'train.phases.start.norm_of_phase')):
        told = support.succeed('keys', word).out
        assert key in told.splitlines()
    assert 'data.labels says' in support.succeed(
        'keys', 'train.phases').out.replace('\n    ', ' ')
    wrong = support.run('keys', 'dept')
    assert wrong.code == 2 and "did you mean 'depth'?" in wrong.err


@pytest.mark.parametrize('path', CONFIGS, ids=lambda path: path.name)
def test_configs(path):
    check(path.read_text())


def test_all_defaults():
    """What a study is with every default is a study too."""
    text = support.succeed('validate', TOP / 'configs/selection.yaml',
                           '--resolved').out
    assert 'memory_per_rank: 2 GiB' in text
    check(text)


def test_there_are_configs():
    assert CONFIGS


@pytest.mark.parametrize('more', [
    '',
    'title: a title\n',
    'network: {layer_gains: [0.5, 1, 2]}\n',
    'network: {kind: mlp, init: xavier, temperature: 2}\n',
    'network: {kind: cnn, kernel: 5, stride: 2, padding: 1, pooling: max,\n'
    '  pool: 2, head: [120, 84], channels: [6, 16]}\n',
    'network: {layers: [conv2d: {out: 8, padding: 1}, {group_norm: 2}, gelu,\n'
    '  {add: [0, 2]}, global_avg_pool2d, flatten, {linear: {out: classes,\n'
    '  bias: true, inputs: [5]}}], width: 7}\n',
    'train: {augment: {flip: true, shift: 4}}\n',
    'run: {precision: float64, memory_per_rank: 2 GiB}\n',
    'train: {optimizer: adam, batch: full, epochs: 3, log: {every: 10}}\n',
    'train: {constraint: sphere, track: [entropy, cosine_gradient,\n'
    '  sharpness, curvature],\n'
    '  stop: {accuracy: 1, loss: 1e-3, patience: 4}, reach: [0.5, 0.1],\n'
    '  lazy: 0, log: {count: 40, spacing: log}}\n',
])
def test_good(more):
    check(GOOD + more)


def test_good_curvature():
    check(GOOD.replace('dim: [5, 2]}', 'dim: 5}, layers: each,'
                       ' logit_gradients: all, at: [end, start],'
                       ' resample: {directions: 1, data: 2}')
          + 'train: {steps: 9}\n')


@pytest.mark.parametrize('data', [
    'clusters, blobs: [{label: 0, mean: [2, -1], deviation: 0.5},\n'
    '  {label: 1, mean: [-2, 0], deviation: [0.5, 1]}]',
    'line, points: [[0.5, 0], [1, 1], [-1.5e-2, 1]]',
    'rings, radii: [1, 0.5, 2], noise: 0.25', 'moons, noise: 0',
    'modular-addition, p: 97, share: 0.5',
    'circles, labels: {permute: 3, share: 0.25}', 'circles, labels: {}',
    'circles, labels: {within: [[0, 2]]}'])
def test_good_shapes(data):
    check(GOOD.replace('circles', data))


@pytest.mark.parametrize('axis', [
    'layer_gains: [1, [1, 2, 0.5]]', 'network.layer_gains: 2',
    'zip: {depth: [1, 2], layer_gains: [[1, 2], [1, 2, 1]]}'])
def test_good_axes(axis):
    check(GOOD.replace('depth: [1, 2]', axis))


@pytest.mark.parametrize('old, new', [
    ('depth: [1, 2]', 'layer_gains: [[1, 0]]'),
    ('depth: [1, 2]', 'layer_gains: [[[1, 2]]]'),
    ('depth: [1, 2]', 'layer_gains: {from: 1, to: 2, count: 2}'),
    ('depth: [1, 2]', 'layer_gains: []'),
    ('study: test', 'study: Test'),
    ('study: test', 'name: test'),
    ('depth: [1, 2]', 'depth: []'),
    ('depth: [1, 2]', 'depth: [1, 2.5]'),
    ('depth: [1, 2]', 'dept: [1, 2]'),
    ('depth: [1, 2]', 'normalize: [none]'),
    ('depth: [1, 2]', 'zip: {}'),
    ('depth: [1, 2]', 'activation: {count: 2}'),
    ('depth: [1, 2]', 'activation: rleu'),
    ('count: 3', 'cuont: 3'),
    ('to: 1,', ''),
    ('circles', 'cifar100'),
    ('circles', 'clusters, blobs: []'),
    ('circles', 'clusters, blobs: [{label: 0, mean: 2}]'),
    ('circles', 'clusters, blobs: [{label: 0, mean: 2, sd: 1}]'),
    ('circles', 'line, points: [[1, 0, 2]]'),
    ('circles', 'line, points: [1, 0]'),
    ('circles', 'rings, radii: [0]'),
    ('circles', 'moons, noise: -1'),
    ('circles', 'modular-addition, share: 1'),
    ('circles', 'circles, labels: {share: 2}'),
    ('circles', 'circles, labels: {seed: 2}'),
    ('circles', 'circles, labels: {within: [[0]]}'),
    ('circles', 'circles, labels: {within: []}'),
    ('circles', 'circles, labels: {within: [0, 1]}'),
    ('circles', 'circles, labels: {within: [[0, 256]]}'),
    ('circles', 'circles, depth: 3'),
    ('dim: [5, 2]', 'dim: 4097'),
    ('{dim: [5, 2]}', '{dim: 5}, layers: some'),
    ('{dim: [5, 2]}', '{dim: 5}, at: [start, final]'),
    ('{dim: [5, 2]}', '{dim: 5}, at: []'),
    ('{dim: [5, 2]}', '{dim: 5}, resample: {}'),
    ('{dim: [5, 2]}', '{dim: 5}, resample: {data: 1}'),
    ('{dim: [5, 2]}', '{dim: 5}, logit_gradients: 0'),
    ('{dim: [5, 2]}', '{dim: 5}, logit_gradients: every'),
    ('dim: [5, 2]', 'surface: plane'),
    ('curvature:', 'run: {precision: double}\ncurvature:'),
    ('curvature:', 'run: {memory_per_rank: much}\ncurvature:'),
    ('curvature:', 'train: {steps: 1, epochs: 1}\ncurvature:'),
    ('curvature:', 'train: {constraint: {subspace: {dims: 9}}}\ncurvature:'),
    ('curvature:', 'train: {track: [sharpnes]}\ncurvature:'),
    ('curvature:', 'train: {log: {count: 1}}\ncurvature:'),
    ('curvature:', 'train: {log: {count: 2049}}\ncurvature:'),
    ('curvature:', 'train: {reach: [0]}\ncurvature:'),
    ('curvature:', 'train: {reach: []}\ncurvature:'),
    ('curvature:', 'train: {lazy: -1}\ncurvature:'),
    ('curvature:', 'train: {augment: {shift: -1}}\ncurvature:'),
    ('curvature:', 'network: {kind: cnn, channels: [8, 0]}\ncurvature:'),
    ('curvature:', 'network: {kind: cnn, pooling: mean}\ncurvature:'),
    ('depth: [1, 2]', 'kernel: [0, 3]'),
    ('depth: [1, 2]', 'constraint: [spher]'),
    ('curvature: {', 'curvature: {extreme: {count: 0}, '),
    ('curvature: {', 'curvature: {extreme: {steps: 5}, '),
    ('curvature: {', 'curvature: {trace_probes: 1, '),
    ('curvature: {', 'curvature: {density: {nodes: 5}, '),
    ('curvature: {', 'curvature: {dense: 4000, '),
    ('curvature: {subspace: {dim: [5, 2]}}', ''),
])
def test_bad(old, new):
    assert old in GOOD
    with pytest.raises(jsonschema.ValidationError):
        check(GOOD.replace(old, new))
