# SPDX-License-Identifier: MIT
"""Building without what only tests need, and what is installed: the program
and all that is used with it, each finding the others."""
import json
import os
import pathlib
import pty
import re
import select
import shlex
import shutil
import subprocess
import sys

import pytest

import support

BUILD = pathlib.Path(shutil.which(support.GOLDILOCKS)).resolve().parent
STUDY = """
study: installed
grid: {seed: {count: 2}, relative_radius: [0.1, 1, 10]}
data: {set: circles, train: 50, test: 20, normalize: none}
network: {width: 16}
curvature: {subspace: {dim: [5]}}
"""

pytestmark = pytest.mark.skipif(not (BUILD / "CMakeCache.txt").exists(),
                                reason="no build beside this executable")


def tell(*words, **environment):
    """What a command says, of which the test's variables say nothing."""
    clean = {name: value for name, value in os.environ.items()
             if not name.startswith(("GOLDILOCKS", "LD_", "PYTHONPATH"))}
    done = subprocess.run([str(word) for word in words], text=True,
                          env={**clean, **environment}, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, f"{words}: {done.stdout}"
    return done.stdout


def cached(name):
    """A variable of the build."""
    return re.search(rf"^{name}:\w+=(.*)$",
                     (BUILD / "CMakeCache.txt").read_text(),
                     re.MULTILINE)[1]


@pytest.fixture(scope="module", name="bare")
def fixture_bare(tmp_path_factory):
    """A build folder as by hand, its name with spaces, where no test package is,
    and one library is in a prefix of somebody's own."""
    folder = tmp_path_factory.mktemp("a bare one")
    own = folder / "own/lib"
    own.mkdir(parents=True)
    shutil.copy(cached("GOLD_YAML_LIBRARY"), own / "libyaml.so")
    tell("cmake", "-S", support.TOP, "-G", "Ninja", "--preset",
         "release", "-B", folder / "build", f"-DGOLD_YAML_LIBRARY={own}/libyaml.so",
         PKG_CONFIG_LIBDIR="/nowhere", PKG_CONFIG_PATH="")
    return folder


def test_release_wants_no_test_package(bare):
    targets = tell("cmake", "--build", bare / "build", "--target", "help")
    assert "libgoldilocks.a:" in targets
    assert not re.findall(r"^tests?[./].*", targets, re.MULTILINE)


def test_a_library_of_ones_own_is_found(bare):
    """Its folder is kept, and none where the loader looks by itself."""
    script = (bare / "build/src/app/cmake_install.cmake").read_text()
    script += (bare / "build/src/cmake_install.cmake").read_text()
    paths = re.search(r'NEW_RPATH "([^"]*)"', script)[1].split(":")
    assert f"{bare}/own/lib" in paths
    assert not set(paths) & {"", "/lib", "/usr/lib",
                             "/usr/lib/x86_64-linux-gnu"}


def test_all_that_is_missing_is_named_at_once(tmp_path):
    done = subprocess.run(
        ["cmake", "-S", support.TOP, "-B", tmp_path, "-G", "Ninja",
         "-DCMAKE_DISABLE_FIND_PACKAGE_ZLIB=ON",
         "-DCMAKE_DISABLE_FIND_PACKAGE_OpenSSL=ON"], check=False,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert done.returncode != 0
    for words in ("zlib, for data in .gz", "Debian zlib1g-dev",
                  "OpenSSL, for SHA-256", "conda openssl",
                  "-DOPENSSL_ROOT_DIR=PREFIX"):
        assert words in done.stderr, done.stderr
    assert "libyaml" not in done.stderr


@pytest.mark.skipif(shutil.which("dpkg-shlibdeps") is None,
                    reason="no dpkg-shlibdeps here")
def test_a_package(tmp_path):
    """It names the libraries that it needs, and its program starts."""
    tell("cpack", "-G", "DEB", "--config", BUILD / "CPackConfig.cmake", "-B",
         tmp_path)
    package, = tmp_path.glob("*.deb")
    needs = tell("dpkg-deb", "--field", package, "Depends")
    for name in ("libhdf5-openmpi", "libopenblas0", "libopenmpi3", "libyaml-0"):
        assert name in needs
    tell("dpkg-deb", "--extract", package, tmp_path / "root")
    assert tell(tmp_path / "root/usr/bin/goldilocks",
                "--version").startswith("goldilocks ")
    names = tell("dpkg-deb", "--contents", package)
    assert "./usr/share/man/man5/goldilocks-study.5" in names
    assert "tests" not in names


def test_the_same_cmake_everywhere():
    presets = json.loads((support.TOP / "CMakePresets.json").read_text())
    needed = presets["cmakeMinimumRequired"]
    text = (support.TOP / "CMakeLists.txt").read_text()
    assert f"VERSION {needed['major']}.{needed['minor']})" in text


@pytest.fixture(scope="module", name="prefix")
def fixture_prefix(tmp_path_factory):
    prefix = tmp_path_factory.mktemp("a prefix")
    tell("cmake", "--install", BUILD, "--prefix", prefix)
    return prefix


def test_the_program_starts(prefix):
    program = prefix / "bin/goldilocks"
    assert tell(program, "--version").startswith("goldilocks ")
    assert "not found" not in tell("ldd", program)
    of_build, of_prefix = (
        re.search(r"PATH\).*\[(.*)\]", tell("readelf", "-d", path))
        for path in (BUILD / "goldilocks", program))
    wanted = [part for part in of_build[1].split(":") if part]
    assert wanted == of_prefix[1].split(":")


def test_all_of_it_is_there(prefix):
    for name in ("share/doc/goldilocks/README.md",
                 "share/doc/goldilocks/CITATION.cff",
                 "share/doc/goldilocks/LICENSE", "share/man/man1/goldilocks.1",
                 "share/man/man5/goldilocks-study.5",
                 "share/bash-completion/completions/goldilocks",
                 "share/zsh/site-functions/_goldilocks",
                 "share/fish/vendor_completions.d/goldilocks.fish"):
        assert (prefix / name).exists(), name
    share = prefix / "share/goldilocks"
    for pattern in ("jobs/*.sbatch", "analysis/*.py",
                    "analysis/goldilocks/**/*.py", "configs/*.yaml"):
        names = [path.relative_to(support.TOP)
                 for path in support.TOP.glob(pattern)]
        assert len(names) > 1
        for name in names:
            assert (share / name).exists(), name
            assert (os.access(share / name, os.X_OK)
                    == os.access(support.TOP / name, os.X_OK)), name
    assert not [path for path in prefix.rglob("*")
                if path.name in ("tests", "__pycache__", "build")]


@pytest.mark.skipif(None in map(shutil.which, ("cc", "pkg-config")),
                    reason="no cc or pkg-config here")
def test_a_program_of_ones_own(prefix, tmp_path):
    """README's program in C has the numbers of a run of its study."""
    source = support.TOP / "tests/e2e/consumer/main.c"
    code = source.read_text()
    assert f"```c\n{code.partition(chr(10))[2]}```" in (
        support.TOP / "README.md").read_text()
    flags = tell("pkg-config", "--cflags", "--libs", "goldilocks",
                 PKG_CONFIG_PATH=str(prefix / "lib/pkgconfig"))
    tell("cc", source, *shlex.split(flags), "-o", tmp_path / "mine")
    text = "".join(re.findall(r'^ +"(.*\\n)";?$', code, re.MULTILINE))
    support.write(tmp_path / "study.yaml", text.replace("\\n", "\n"))
    support.succeed("run", "study.yaml", "-o", "mine.h5", "--quiet",
                    cwd=tmp_path)
    names, *_, values = support.succeed(
        "table", "mine.h5", cwd=tmp_path).out.splitlines()
    found = dict(zip(names.split(","), values.split(",")))
    assert tell(tmp_path / "mine") == (
        f"loss {float(found['loss']):.9g}, "
        f"Tr/norm {float(found['trace_over_norm_d10']):.9g}\n")


def test_jobs_find_the_program(prefix, tmp_path):
    study = support.write(tmp_path / "study.yaml", STUDY)
    share = prefix / "share/goldilocks"
    tell("sh", share / "jobs/local.sh", study, "-o", tmp_path / "o.h5",
         GOLDILOCKS_PROCESSES="2")
    support.succeed("status", tmp_path / "o.h5")
    said = tell("sh", "-eu", "-c", f'home="{share}"; '
                '. "$home/jobs/launch.sh"; find_program; echo "$program"')
    assert said.strip() == f"{share}/../../bin/goldilocks"


def test_jobs_of_ones_own(prefix, tmp_path):
    """A copy finds the program; what is there stays."""
    folder = tmp_path / "my own's"
    study = support.write(tmp_path / "study.yaml", STUDY)
    nowhere = support.run("jobs", "")
    assert nowhere.code == 2 and "name of no folder" in nowhere.err, nowhere
    assert "sweep.sbatch" in tell(prefix / "bin/goldilocks", "jobs", folder)
    names = {path.name for path in (folder / "jobs").iterdir()}
    assert names == {"README.md", "launch.sh", "local.sh", "merge.sbatch",
                     "shards.sbatch", "site.sh", "sweep.job", "sweep.sbatch"}
    tell("sh", folder / "jobs/local.sh", study, "-o", tmp_path / "o.h5",
         GOLDILOCKS_PROCESSES="2", XDG_CONFIG_HOME="/nowhere")
    mine = support.write(folder / "jobs/sweep.job", "mine")
    (folder / "jobs/local.sh").unlink()
    said = tell(prefix / "bin/goldilocks", "jobs", folder)
    assert f"kept: {mine}" in said and said.count("kept: ") == 1
    assert mine.read_text() == "mine"
    assert (folder / "jobs/local.sh").exists()


def test_the_package_finds_the_program(prefix):
    pytest.importorskip("xarray")
    analysis = prefix / "share/goldilocks/analysis"
    for script in ("plot_zone.py", "report.py"):
        assert "usage: " in tell(sys.executable, analysis / script, "--help")
    said = tell(sys.executable, "-c",
                "import goldilocks; print(goldilocks.running.program())",
                PYTHONPATH=str(analysis))
    assert said.strip() == str(prefix / "bin/goldilocks")


class Terminal:
    """A shell that somebody types into. What is typed is asked for, each line by
    itself, so that nothing depends on who is faster."""

    def __init__(self, folder, shell, **environment):
        support.write(folder / "inputrc", "set show-all-if-ambiguous on\n"
                      "set completion-query-items 0\nset page-completions off\n"
                      "set enable-bracketed-paste off\n")
        pid, self.handle = pty.fork()
        if pid == 0:
            os.chdir(folder)
            os.execvpe(shell[0], [*shell, "-i"],
                       {"PATH": "/usr/bin:/bin", "TERM": "dumb", "PS1": "$ ",
                        "INPUTRC": f"{folder}/inputrc", "COLUMNS": "4000",
                        "HISTFILE": "", "LC_ALL": "C", **environment})
        self.pid = pid

    def ask(self, line):
        """What is printed until a line's own end; what is typed is not it."""
        os.write(self.handle, f"{line}; echo 'e''nd'\n".encode())
        said = b""
        while not re.search(rb"(^|[\r\n])end\r", said):
            assert select.select([self.handle], [], [], support.LIMIT)[0], said
            said += os.read(self.handle, 4096)
        return said.decode()

    def tab(self, line):
        """What a line becomes by a tab, and all that is shown."""
        said = self.ask(f"{line}\t\x01printf '<%s>\\n' '\x05'")
        return re.findall(r"^<(.*)>\r", said, re.MULTILINE)[-1], said

    def close(self):
        os.close(self.handle)
        os.waitpid(self.pid, 0)


def open_shell(prefix, folder, *shell):
    """With the program on its path, and a study at hand."""
    if shutil.which(shell[0]) is None:
        pytest.skip(f"no {shell[0]}")
    support.write(folder / "s.yaml", STUDY)
    return Terminal(folder, shell, PATH=f"{prefix}/bin:/usr/bin:/bin",
                    XDG_DATA_DIRS=str(prefix / "share"), MANPAGER="cat",
                    MANWIDTH="80", MANPATH=str(prefix / "share/man"),
                    **{name: os.environ[name] for name in os.environ
                       if name.startswith("OMPI")})


@pytest.fixture(name="terminal")
def fixture_terminal(prefix, tmp_path):
    """At home where it is installed: bash finds the completions as it finds
    those of others, where it has been told of these at all."""
    terminal = open_shell(prefix, tmp_path, "bash", "--norc", "--noprofile")
    common = pathlib.Path("/usr/share/bash-completion/bash_completion")
    if not common.exists():
        common = prefix / "share/bash-completion/completions/goldilocks"
    terminal.ask(f"source '{common}'")
    yield terminal
    terminal.close()


@pytest.mark.parametrize("typed, becomes, shown", [
    ("su", "summary ", ""), ("run --ov", "run --overwrite ", ""),
    ("help ver", "help verify ", ""),
    ("run s.yaml --set network.dep", "run s.yaml --set network.depth=", ""),
    ("run s.yaml --set train.optimizer=ada", None, "adamw"),
    ("point s.yaml --at rel", "point s.yaml --at relative_radius=", ""),
    ("point s.yaml --at seed=0,rel",
     "point s.yaml --at seed=0,relative_radius=", ""),
    ("point s.yaml --at relative_radius=0", None, "0.1"),
    ("run s.y", "run s.yaml ", "")])
def test_a_tab(terminal, typed, becomes, shown):
    line, said = terminal.tab(f"goldilocks {typed}")
    assert becomes is None or line == f"goldilocks {becomes}", said
    assert shown in said


def test_a_tab_in_zsh(prefix, tmp_path):
    terminal = open_shell(prefix, tmp_path, "zsh", "-f")
    terminal.ask(f"fpath=('{prefix}/share/zsh/site-functions' $fpath); "
                 "autoload -U compinit; compinit -D -u")
    for typed, becomes in (
            ("su", "summary"), ("run --ov", "run --overwrite"),
            ("run s.yaml --set network.dep", "run s.yaml --set network.depth="),
            ("point s.yaml --at seed=0,rel",
             "point s.yaml --at seed=0,relative_radius="), ("run s.y",
                                                            "run s.yaml")):
        line, said = terminal.tab(f"goldilocks {typed}")
        assert line.rstrip() == f"goldilocks {becomes}", said
    terminal.close()


def test_a_tab_in_fish(prefix, tmp_path):
    """Which says by itself what a tab would offer."""
    if shutil.which("fish") is None:
        pytest.skip("no fish")
    study = support.write(tmp_path / "s.yaml", STUDY)
    completions = prefix / "share/fish/vendor_completions.d/goldilocks.fish"
    for typed, offered in (("su", "summary"), ("run --ov", "--overwrite"),
                           (f"run {study} --set network.dep", "network.depth="),
                           (f"point {study} --at seed=0,rel",
                            "seed=0,relative_radius="),
                           (f"run {str(study)[:-2]}", str(study))):
        said = tell("fish", "--no-config", "-c",
                    f"source '{completions}'; "
                    f"complete -C 'goldilocks {typed}'",
                    PATH=f"{prefix}/bin:/usr/bin:/bin", HOME=str(tmp_path))
        assert said.split() == [offered], said


@pytest.mark.skipif(shutil.which("man") is None, reason="no man")
def test_man(terminal):
    """As one types it."""
    for words, texts in (("man goldilocks", ["NAME", "goldilocks run"]),
                         ("man goldilocks-run", ["--overwrite"]),
                         ("man 5 goldilocks-study", ["network.depth"])):
        page = re.sub(".\b", "", terminal.ask(words))
        for text in texts:
            assert text in page, page
