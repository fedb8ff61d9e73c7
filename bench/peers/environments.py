"""The virtual environments the peers live in: made once under build/peers, of pinned versions, by package name from PyPI."""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"

# name: (environment, package). Two versions of pygambit need two environments. Source distributions are built against the pinned
# numpy and Cython of requirements.txt: with pip's own choices sgamesolver builds against a numpy that it then cannot run with.
PEERS = {
    "gambit 17.0.0b2": ("venv", "pygambit==17.0.0b2"),
    "gambit 16.7.0": ("venv_16", "pygambit==16.7.0"),
    "sgamesolver 1.0.2": ("venv", "sgamesolver==1.0.2"),
}


def quietly(command, log):
    with log.open("a") as sink:
        return subprocess.run(command, stdout=sink, stderr=sink, stdin=subprocess.DEVNULL, check=False).returncode == 0


def make(folder):
    """Python interpreters by peer; a peer that cannot be installed is left out, and that is said."""
    pythons = {}
    for name, (environment, package) in PEERS.items():
        home, log = folder / environment, folder / f"{environment}.log"
        python, stamp = home / "bin" / "python", home / f"{package}.installed"
        if not stamp.exists():
            print(f"installing {package} into {home} (sources take minutes)", file=sys.stderr)
            pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check"]
            ready = (
                (python.exists() or quietly([sys.executable, "-m", "venv", str(home)], log))
                and quietly([*pip, "--only-binary", ":all:", "-r", str(REQUIREMENTS)], log)
                and quietly([*pip, "--no-build-isolation", "-c", str(REQUIREMENTS), package], log)
            )
            if not ready:
                print(f"{package} cannot be installed here ({log}); going on without it", file=sys.stderr)
                continue
            stamp.touch()
        pythons[name] = str(python)
    return pythons
