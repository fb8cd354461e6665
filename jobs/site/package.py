# SPDX-License-Identifier: MIT
"""A package for Spack: put it into REPOSITORY/packages/goldilocks/, and say
`spack install goldilocks` with the sources as `spack develop`.

Not tried with Spack, which is not at hand where this was written: only that
Python reads it, and that CMake knows the variables."""
from spack.package import *


class Goldilocks(CMakePackage):
    """How the starting point of a neural network decides how it trains."""

    license("MIT")
    version("main", branch="main")

    variant("march", default="none", description="CPU to compile for, as -march=")
    depends_on("c", type="build")
    depends_on("cmake@3.21:", type="build")
    depends_on("random123", type="build")
    depends_on("mpi")
    depends_on("hdf5@1.10: +mpi +hl")
    depends_on("openblas threads=none")
    depends_on("libyaml")
    depends_on("zlib-api")
    depends_on("openssl")

    def cmake_args(self):
        march = self.spec.variants["march"].value
        blas = self.spec["openblas"]
        return [
            self.define("GOLD_MARCH", "" if march == "none" else march),
            self.define("GOLD_OPENBLAS_LIBRARY", blas.libs.joined(";")),
            self.define("GOLD_OPENBLAS_INCLUDE", blas.headers.directories[0]),
        ]
