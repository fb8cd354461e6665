# SPDX-License-Identifier: MIT
"""setuptools, which builds beside the sources, in a copy of them: nothing is
left in a checkout, what was left there is not installed, and the sources may be
read-only."""
import contextlib
import os
import shutil
import tempfile

from setuptools import build_meta


@contextlib.contextmanager
def copy():
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(shutil.copytree(".", os.path.join(folder, "sources"),
                                 ignore=shutil.ignore_patterns(
                                     "build", "*.egg-info", "__pycache__")))
        for place, _, _ in os.walk("."):
            os.chmod(place, 0o700)
        try:
            yield
        finally:
            os.chdir(here)


def get_requires_for_build_wheel(config_settings=None):
    with copy():
        return build_meta.get_requires_for_build_wheel(config_settings)


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    with copy():
        return build_meta.prepare_metadata_for_build_wheel(
            metadata_directory, config_settings)


def build_wheel(wheel_directory, config_settings=None,
                metadata_directory=None):
    with copy():
        return build_meta.build_wheel(wheel_directory, config_settings,
                                      metadata_directory)
