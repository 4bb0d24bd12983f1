# SPDX-License-Identifier: BSL-1.0
"""usage: check.py WAY COMPILER...

Builds consumer.cpp in a folder of its own by one of the ways in which other projects use plumb, and runs it.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent / "support"))
import tree

way, *compiler = sys.argv[1:]
environment = {**os.environ, "CXX": " ".join(compiler), "LC_ALL": "C"}
for name in ("CXXFLAGS", "LDFLAGS", "DESTDIR", "PKG_CONFIG_PATH", "MESON_BUILD_ROOT"):
    environment.pop(name, None)


def run(*command, **more):
    done = subprocess.run([str(word) for word in command], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, env={**environment, **more.pop("env", {})}, **more)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}\nexit code {done.returncode}")
    return done.stdout


def tool(name):
    if not shutil.which(name):
        print(f"{name} is not installed")
        sys.exit(77)
    return name


def checkout(into):
    """A copy of the project's files, as a clone would be."""
    for path in tree.files():
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(tree.root / path, target)
    return into


def starts(program):
    said = run(program)
    assert said == "from a consumer\n", said
    print(f"{way}: the consumer echoes")


def expect(holds, otherwise):
    if not holds:
        sys.exit(otherwise)


def installed(folder):
    """plumb as `meson install` puts it under DESTDIR."""
    run("meson", "setup", folder / "build", checkout(folder / "plumb"), "--prefix", "/opt/plumb",
        "-Dtests=disabled", "-Dexamples=disabled", "-Dbenchmarks=disabled")
    run("meson", "install", "-C", folder / "build", env={"DESTDIR": str(folder / "root")})
    root = folder / "root" / "opt" / "plumb"
    found = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
    headers = [path for path in tree.files("include")]
    share = ["share/cmake/plumb/plumb-config-version.cmake", "share/cmake/plumb/plumb-config.cmake", "share/pkgconfig/plumb.pc"]
    expect(found == sorted(headers + share), f"installed is {found}")
    return folder / "root"


def cmake_project(folder, *lines):
    consumer = folder / "consumer"
    consumer.mkdir()
    shutil.copy(here / "consumer.cpp", consumer)
    (consumer / "CMakeLists.txt").write_text("\n".join([
        "cmake_minimum_required(VERSION 3.16)", "project(consumer CXX)", *lines,
        "add_executable(consumer consumer.cpp)", "target_link_libraries(consumer PRIVATE plumb::plumb)",
        "target_compile_features(consumer PRIVATE cxx_std_23)", "get_target_property(forced plumb::plumb INTERFACE_COMPILE_FEATURES)",
        "get_target_property(flags plumb::plumb INTERFACE_COMPILE_OPTIONS)",
        'if(forced OR flags)', '    message(FATAL_ERROR "plumb forces ${forced} ${flags}")', "endif()", ""]))
    return consumer


def meson_subproject(folder):
    checkout(folder / "subprojects" / "plumb")
    shutil.copy(here / "consumer.cpp", folder)
    (folder / "meson.build").write_text(
        "project('consumer', 'cpp', meson_version: '>=1.0.0')\n"
        "executable('consumer', 'consumer.cpp', dependencies: dependency('plumb', fallback: 'plumb'), cpp_args: '-std=c++23')\n")
    build = folder / "build"
    run("meson", "setup", build, folder)
    about = {what: json.loads(run("meson", "introspect", f"--{what}", build)) for what in ("targets", "tests", "benchmarks", "installed")}
    names = [target["name"] for target in about["targets"]]
    expect(names == ["consumer"], f"the parent builds {names}")
    expect(not about["tests"] and not about["benchmarks"], "the parent tests what is ours")
    expect(not about["installed"], f"the parent installs {about['installed']}")
    flags = about["targets"][0]["target_sources"][0]["parameters"]
    forced = [flag for flag in flags if flag.startswith(("-W", "-std", "-pthread", "-D")) and flag not in ("-std=c++23", "-D_FILE_OFFSET_BITS=64", "-Wall", "-Winvalid-pch")]
    expect(not forced, f"forced on the parent: {forced}")
    run("meson", "compile", "-C", build)
    starts(build / "consumer")


def pkg_config(folder):
    tool("pkg-config")
    root = installed(folder)
    asked = {"PKG_CONFIG_PATH": str(root / "opt/plumb/share/pkgconfig"), "PKG_CONFIG_SYSROOT_DIR": str(root)}
    flags = run("pkg-config", "--cflags", "--libs", "plumb", env=asked).split()
    expect(f"-I{root}/opt/plumb/include" in flags, f"pkg-config says {flags}")
    expect(run("pkg-config", "--modversion", "plumb", env=asked).strip(), "no version")
    run(*compiler, "-std=c++23", here / "consumer.cpp", *flags, "-o", folder / "consumer")
    starts(folder / "consumer")


def cmake_package(folder):
    tool("cmake")
    root = installed(folder)
    consumer = cmake_project(folder, "find_package(plumb 0.1 REQUIRED)")
    run("cmake", "-G", "Ninja", "-S", consumer, "-B", consumer / "build", f"-DCMAKE_PREFIX_PATH={root}/opt/plumb")
    run("cmake", "--build", consumer / "build")
    starts(consumer / "build" / "consumer")


def cmake_fetch(folder):
    tool("cmake")
    source = checkout(folder / "plumb")
    consumer = cmake_project(folder, "include(FetchContent)", f'FetchContent_Declare(plumb SOURCE_DIR "{source}")',
                             "FetchContent_MakeAvailable(plumb)")
    run("cmake", "-G", "Ninja", "-S", consumer, "-B", consumer / "build", f"-DCMAKE_INSTALL_PREFIX={folder}/installed")
    run("cmake", "--build", consumer / "build")
    run("cmake", "--install", consumer / "build")
    expect(not (folder / "installed" / "include").exists(), "installed with the parent")
    starts(consumer / "build" / "consumer")


def include_path(folder):
    run(*compiler, "-std=c++23", f"-I{tree.root / 'include'}", here / "consumer.cpp", "-o", folder / "consumer")
    starts(folder / "consumer")


with tempfile.TemporaryDirectory() as folder:
    {each.__name__: each for each in (meson_subproject, pkg_config, cmake_package, cmake_fetch, include_path)}[way](pathlib.Path(folder))
