"""Runs the Python blocks of docs/, and says with which versions.

    python tools/pythonBlocks.py [--write]

A block is run after those before it on its page, in a folder where the runs that the pages name were made by the command line (in small), and must print
what the comments after its `print` say. With --write the line of docs/run-folders.md that states date and versions is written anew.
needs pandas, safetensors, torch and tensorboard, and a built package (`npm ci`).
"""

import contextlib
import datetime
import importlib.metadata
import io
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGES = ["pandas", "numpy", "safetensors", "torch", "tensorboard"]
STATED = "docs/run-folders.md"
# What the commands of the pages take in small.
TRAIN = ["train", "CartPole-v1", "--iterations", "10", "--quiet"]
LANGUAGE = ["--warm-start-accuracy", "0", "--min-valid-fraction", "0", "--iterations", "2", "--num-groups", "2", "--group-size", "2"]
COMMANDS = [
    [*TRAIN, "--run-dir", "runs/mine"],
    [*TRAIN, "--seed", "1,2", "--run-dir", "runs/both"],
    ["export", "runs/mine"],
    ["compare", "runs/both", "--rliable", "scores.json"],
    ["lm", "train", "add-2digit", *LANGUAGE, "--final-evaluation-prompts", "2", "--completions", "all", "--quiet", "--run-dir", "runs/sums"],
]


def blocks_of(text: str) -> list[str]:
    return re.findall(r"^```(?:python|py)\n(.*?)^```$", text, re.M | re.S)


def said_by(block: str) -> list[str]:
    """What comments promise: after a print on its line, or on the line below it."""
    return re.findall(r"^\s*print\(.*\)(?:  |\n)# (.*)$", block, re.M)


def run_page(page: pathlib.Path) -> int:
    names: dict[str, object] = {}
    blocks = blocks_of(page.read_text())
    for number, block in enumerate(blocks, 1):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block, f"{page.name}, Python block {number}", "exec"), names)
        if printed.getvalue().splitlines() != said_by(block):
            sys.exit(f"{page}: block {number}: expected {said_by(block)}, got {printed.getvalue().splitlines()}")
    return len(blocks)


def main() -> None:
    sys.path.insert(0, str(ROOT / "tools" / "policies"))
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for command in COMMANDS:
            subprocess.run(["node", str(ROOT / "dist" / "cli.js"), *command], check=True, stdout=subprocess.DEVNULL)
        counts = {str(page.relative_to(ROOT)): run_page(page) for page in sorted((ROOT / "docs").rglob("*.md")) if blocks_of(page.read_text())}
    versions = ", ".join([f"Python {sys.version.split()[0]}", *(f"{name} {importlib.metadata.version(name).split('+')[0]}" for name in PACKAGES)])
    for page, count in counts.items():
        print(f"{page}: {count} blocks")
    print(versions)
    if "--write" in sys.argv:
        page = ROOT / STATED
        first = f"The Python blocks were run on {datetime.date.today()} by `python tools/pythonBlocks.py`, with"
        text = re.sub(r"^(PYTHON-VERSIONS|The Python blocks were run on [\s\S]*?\.)$(?=\n\n)", f"{first}\n{versions}.", page.read_text(), count=1, flags=re.M)
        page.write_text(text)


if __name__ == "__main__":
    main()
