"""Trains with `--log mlflow` against MLflow's own server and compares what its own client reads with the run folders.

Usage: python tools/checkMlflow.py        (needs: pip install mlflow; Cohort built: npm run build)
Two seeds are trained side by side, a third run is stopped half way and resumed. Every number of metrics.jsonl must be there
once, at its step, as the same float64; a number that is null there is NaN. Exit code 0 if all is so.
"""

import json
import math
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import mlflow
from mlflow.tracking import MlflowClient

COMMAND = pathlib.Path(__file__).parents[1] / "dist" / "cli.js"
EXPERIMENT = "checkMlflow"
TRAIN = ["train", "CartPole-v1", "--iterations", "12", "--num-envs", "4", "--num-steps", "32", "--evaluation-interval", "4"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_server(folder: pathlib.Path) -> tuple[subprocess.Popen, str]:
    port = free_port()
    store = ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--default-artifact-root", str(folder / "artifacts")]
    words = [sys.executable, "-m", "mlflow", "server", *store, "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    server = subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{address}/health", timeout=1)
            return server, address
        except OSError:
            time.sleep(0.5)
    server.terminate()
    raise SystemExit("the server did not start within two minutes")


def cohort(folder: pathlib.Path, address: str, *words: str) -> None:
    environment = {**os.environ, "MLFLOW_TRACKING_URI": address, "MLFLOW_EXPERIMENT_NAME": EXPERIMENT}
    result = subprocess.run(["node", COMMAND, *words, "--log", "mlflow", "--json"], cwd=folder, env=environment, capture_output=True, text=True)
    warnings = [line for line in result.stdout.splitlines() if '"event":"warning"' in line]
    if result.returncode != 0 or warnings:
        raise SystemExit(f"{' '.join(words)}: exit code {result.returncode}\n{result.stderr}\n{warnings}")


def expected_metrics(run: pathlib.Path) -> dict[str, list[tuple[int, float]]]:
    """Key -> [(global step, value)], those of metrics.jsonl."""
    found: dict[str, list[tuple[int, float]]] = {}
    for line in (run / "metrics.jsonl").read_text().splitlines():
        row = json.loads(line)
        for key, value in row.items():
            if "/" in key:
                found.setdefault(key, []).append((row["globalStep"], math.nan if value is None else float(value)))
    return found


def same(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b))


def check(client: MlflowClient, name: str, folder: pathlib.Path, group: str | None) -> tuple[int, int]:
    """Compares one run; how many keys and numbers are equal."""
    experiment = client.get_experiment_by_name(EXPERIMENT)
    runs = [run for run in client.search_runs([experiment.experiment_id]) if run.info.run_name == name]
    assert len(runs) == 1, f"{name}: {len(runs)} runs"
    run = runs[0]
    assert run.info.status == "FINISHED", run.info.status
    assert run.data.tags.get("cohort.group") == group, run.data.tags
    summary = json.loads((folder / "summary.json").read_text())
    assert run.data.tags["cohort.parameters_sha256"] == summary["parametersSha256"]
    config = json.loads((folder / "config.json").read_text())["config"]
    for key, value in config.items():
        if value is not None:
            text = run.data.params[key]
            assert (text if isinstance(value, str) else json.loads(text)) == value, f"{name}: parameter {key}: {text}, expected {value}"
    expected = expected_metrics(folder)
    known = {key for key in run.data.metrics if not key.startswith("final/") and key != "iteration"}
    assert known == set(expected), f"{name}: metrics differ: {known ^ set(expected)}"
    numbers = 0
    for key, values in expected.items():
        history = sorted((entry.step, entry.value) for entry in client.get_metric_history(run.info.run_id, key))
        assert [step for step, _ in history] == [step for step, _ in sorted(values)], f"{name}: {key}: steps {history}"
        for (_, theirs), (step, ours) in zip(history, sorted(values), strict=True):
            assert same(theirs, ours), f"{name}: {key} at step {step}: MLflow {theirs}, metrics.jsonl {ours}"
            numbers += 1
    return len(expected), numbers


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        server, address = start_server(folder)
        try:
            cohort(folder, address, *TRAIN, "--seed", "1,2", "--run-dir", "both")
            cohort(folder, address, *TRAIN, "--run-dir", "single", "--stop-after", "6")
            cohort(folder, address, "resume", "single")
            client = MlflowClient(address)
            both = [check(client, f"both/{part.name}", part, "both") for part in sorted((folder / "both").glob("seed*/"))]
            single = check(client, "single", folder / "single", None)
        finally:
            server.terminate()
            server.wait()
    keys = max(count for count, _ in [*both, single])
    numbers = sum(count for _, count in [*both, single])
    print(f"MLflow {mlflow.__version__}: 3 runs, one of them resumed; {keys} metrics, {numbers} numbers, all equal")


if __name__ == "__main__":
    main()
