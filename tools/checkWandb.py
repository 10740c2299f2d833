"""Trains with `--log wandb`, uploads with W&B's own `wandb sync`, and compares what it sends with the run folders.

Usage: python tools/checkWandb.py        (needs: pip install wandb; Cohort built: npm run build)
A server in this process takes what `wandb sync` sends, so no account is needed and nothing leaves the machine. Every number of
metrics.jsonl must be sent once, at its step, as the same float64; configuration, group, summary and exit code must be right.
Where wandb has a reader in Python (up to 0.21 at least), it reads every record as well. Exit code 0 if all is so.
"""

import gzip
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import wandb

COMMAND = pathlib.Path(__file__).parents[1] / "dist" / "cli.js"
FIXTURE = pathlib.Path(__file__).parents[1] / "test" / "fixtures" / "wandb" / "run.json"
TRAIN = ["train", "CartPole-v1", "--iterations", "12", "--num-envs", "4", "--num-steps", "32", "--evaluation-interval", "4"]


class Sent:
    """What was sent of one run."""

    def __init__(self) -> None:
        self.bucket: dict = {}
        self.history: list[dict] = []
        self.summary: dict = {}
        self.exit_code: int | None = None


class Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.runs: dict[str, Sent] = {}
        self.problems: list[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_) -> None:
        pass

    def graphql(self, body: dict) -> dict:
        name = re.search(r"(?:query|mutation)\s+(\w+)", body["query"])
        variables = body.get("variables") or {}
        if name and name[1] == "UpsertBucket":
            run = self.server.runs.setdefault(variables["name"], Sent())
            run.bucket.update({key: value for key, value in variables.items() if value is not None})
            project = {"id": "p", "name": variables["project"], "entity": {"id": "e", "name": "me"}}
            bucket = {"id": "b", "name": variables["name"], "displayName": "", "config": "{}", "historyLineCount": 0, "project": project}
            return {"upsertBucket": {"bucket": {**bucket, "description": "", "sweepName": None}, "inserted": True}}
        if name and name[1] == "Viewer":
            return {"viewer": {"id": "v", "entity": "me", "username": "me", "flags": "{}", "teams": {"edges": []}}}
        if name and name[1] == "ServerFeaturesQuery":
            return {"serverInfo": {"features": []}}
        if name and name[1] == "CreateRunFiles":
            files = [{"name": file, "uploadUrl": f"{self.server.address}/upload/{file}"} for file in variables["files"]]
            return {"createRunFiles": {"runID": "b", "uploadHeaders": [], "files": files}}
        return {}

    def stream(self, name: str, body: dict) -> None:
        run = self.server.runs[name]
        for file, part in (body.get("files") or {}).items():
            if file == "wandb-history.jsonl":
                assert part["offset"] == len(run.history), "history with a hole"
                run.history += [json.loads(line) for line in part["content"]]
            if file == "wandb-summary.json":
                run.summary = json.loads(part["content"][-1])
        if body.get("complete"):
            run.exit_code = body.get("exitcode")

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        answer: dict = {}
        if self.path.endswith("/graphql"):
            answer = {"data": self.graphql(json.loads(body))}
        elif stream := re.fullmatch(r"/files/me/[^/]+/([^/]+)/file_stream", self.path):
            self.stream(stream[1], json.loads(body))
        elif self.path.endswith("/logs") and b"sender: failed" in body:
            self.server.problems += [text.decode() for text in re.findall(rb"sender: failed[\x20-\x7e]*", body)]
        text = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = answer


def same(sent: object, ours: float | None) -> bool:
    if ours is None:
        return sent == "NaN" or (isinstance(sent, float) and not math.isfinite(sent))
    return sent == ours


def read_records(file: pathlib.Path) -> int | None:
    """How many records wandb's own reader finds; None where it has none in Python."""
    try:
        from wandb.sdk.internal.datastore import DataStore
    except ImportError:
        return None
    from wandb.proto import wandb_internal_pb2

    # What the reader asks for: it is made for a process of wandb's own.
    wandb._set_internal_process(disable=True)
    store, count = DataStore(), 0
    store.open_for_scan(str(file))
    while (data := store.scan_data()) is not None:
        record = wandb_internal_pb2.Record()
        record.ParseFromString(data)
        count += 1
        assert record.num == count and record.WhichOneof("record_type"), record
    return count


def check_fixture() -> int:
    """Reads the records that the tests compare with; how many are what they are said to be."""
    from google.protobuf.json_format import MessageToDict
    from wandb.proto import wandb_internal_pb2

    records = json.loads(FIXTURE.read_text())
    for number, entry in enumerate(records, 2):
        record = wandb_internal_pb2.Record()
        record.ParseFromString(bytes.fromhex(entry["bytes"]))
        read = MessageToDict(record, preserving_proto_field_name=True)
        assert read == entry["read"] and record.num == number, f"{read}, expected {entry['read']}"
    return len(records)


def check(sent: Sent, folder: pathlib.Path, name: str, group: str | None) -> int:
    """Compares one run; how many numbers are equal."""
    summary = json.loads((folder / "summary.json").read_text())
    config = json.loads((folder / "config.json").read_text())["config"]
    told = {key: entry["value"] for key, entry in json.loads(sent.bucket["config"]).items()}
    for key, value in config.items():
        # An empty record is nothing to wandb-core.
        assert value in (None, {}) or told[key] == value, f"{name}: {key}: {told.get(key)}, expected {value}"
    assert sent.bucket["project"] == "checkWandb" and sent.bucket.get("groupName") == group, sent.bucket
    assert sent.exit_code == 0, f"{name}: exit code {sent.exit_code}"
    assert sent.summary["parametersSha256"] == summary["parametersSha256"], sent.summary
    rows: dict[int, dict] = {}
    for line in (folder / "metrics.jsonl").read_text().splitlines():
        row = json.loads(line)
        rows.setdefault(row["globalStep"], {}).update({key: value for key, value in row.items() if "/" in key})
    steps = [row["_step"] for row in sent.history]
    assert steps == sorted(rows), f"{name}: steps {steps}, expected {sorted(rows)}"
    numbers = 0
    for row in sent.history:
        for key, value in rows[row["_step"]].items():
            assert same(row[key], value), f"{name}: {key} at step {row['_step']}: sent {row[key]}, metrics.jsonl {value}"
            numbers += 1
    return numbers


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        server = Server()
        key = {"WANDB_API_KEY": "0" * 40, "WANDB_BASE_URL": server.address, "HOME": scratch, "WANDB_PROJECT": "checkWandb"}
        environment = {**os.environ, **key}
        for words in [[*TRAIN, "--seed", "1,2", "--run-dir", "both"], [*TRAIN, "--run-dir", "single"]]:
            subprocess.run(["node", COMMAND, *words, "--log", "wandb", "--quiet"], cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
        runs = sorted((folder / "wandb").glob("offline-run-*"))
        records = [read_records(next(run.glob("*.wandb"))) for run in runs]
        for run in runs:
            words = [sys.executable, "-m", "wandb", "sync", str(run)]
            done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
            assert done.returncode == 0, done.stdout + done.stderr
        assert not server.problems, server.problems
        named = {sent.bucket["displayName"]: sent for sent in server.runs.values()}
        numbers = sum(check(named[f"both/seed{seed}"], folder / "both" / f"seed{seed}", f"seed {seed}", "both") for seed in (1, 2))
        numbers += check(named["single"], folder / "single", "single", None)
    fixture = check_fixture()
    read = "" if None in records else f", {sum(count or 0 for count in records)} records read by its own reader"
    print(f"wandb {wandb.__version__}: 3 runs uploaded by `wandb sync`, {numbers} numbers, all equal{read}; {fixture} records of the fixture")


if __name__ == "__main__":
    main()
