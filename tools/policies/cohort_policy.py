"""Policies of Cohort in torch: `load` reads what `cohort-rl export` writes, `save` writes what `cohort-rl import` reads.

    policy = cohort_policy.load("runs/mine/policy")
    logits = policy(observations)            # categorical head; multi-categorical: those of each entry of the action, one after another
    mean, log_std = policy(observations)     # Gaussian head

needs torch and safetensors. The format is described in src/policies/policyFile.ts.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open

ACTIVATIONS = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU, "gelu": lambda: torch.nn.GELU(approximate="tanh")}


class Policy(torch.nn.Module):
    """Raw observations in; logits, or mean and log standard deviation, out. Box actions are cut to their bounds by who acts."""

    def __init__(self, description: dict, tensors: dict[str, torch.Tensor]) -> None:
        super().__init__()
        self.description = description
        modules: list[torch.nn.Module] = []
        for index, (outputs, inputs) in enumerate(description["layers"]):
            layer = torch.nn.Linear(inputs, outputs)
            layer.load_state_dict({kind: tensors[f"actor.{index}.{kind}"] for kind in ("weight", "bias")})
            last = index + 1 == len(description["layers"])
            modules += [layer] if last else [layer, ACTIVATIONS[description["activation"]]()]
        self.actor = torch.nn.Sequential(*modules)
        for name in ("logStd", "normalizer.mean", "normalizer.variance"):
            self.register_buffer(name.replace(".", "_"), tensors.get(name))

    def encode(self, observations: np.ndarray | torch.Tensor) -> torch.Tensor:
        """Network inputs: one-hot for a discrete space and for each entry of a multi-discrete one; normalized in float64 where there are statistics;
        float32 in the end. Of a Dict or a Tuple pass what `gymnasium.spaces.utils.flatten` makes.
        """
        space, normalizer = self.description["observationSpace"], self.description["normalizer"]
        values = torch.as_tensor(observations)
        if space["kind"] == "discrete":
            return torch.nn.functional.one_hot(values.long() - space["start"], space["n"]).float()
        if space["kind"] == "multiDiscrete":
            entries = zip(values.long().unbind(-1), space["start"], space["nvec"], strict=True)
            return torch.cat([torch.nn.functional.one_hot(entry - start, n) for entry, start, n in entries], -1).float()
        if normalizer:
            values = (values.double() - self.normalizer_mean) / torch.sqrt(self.normalizer_variance + normalizer["epsilon"])
            values = values.clamp(-normalizer["clip"], normalizer["clip"])
        return values.float()

    def forward(self, observations: np.ndarray | torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
        outputs = self.actor(self.encode(observations))
        return outputs if self.logStd is None else (outputs, self.logStd.expand_as(outputs))


def load(folder: str | Path) -> Policy:
    """The policy of a policy folder."""
    with safe_open(Path(folder) / "policy.safetensors", "pt") as file:
        return Policy(json.loads(file.metadata()["policy"]), {name: file.get_tensor(name) for name in file.keys()}).eval()


def space_of(space) -> dict:
    """A Gymnasium space as the description has it; JSON knows no infinities, and -0.0 is 0."""
    if type(space).__name__ == "Discrete":
        return {"kind": "discrete", "n": int(space.n), "start": int(space.start)}
    if type(space).__name__ == "MultiDiscrete":
        return {"kind": "multiDiscrete", "nvec": [int(n) for n in space.nvec], "start": [int(n) for n in space.start]}
    if type(space).__name__ == "MultiBinary":
        return {"kind": "multiBinary", "n": int(space.n)}
    if type(space).__name__ == "Dict":
        return {"kind": "dict", "spaces": {name: space_of(part) for name, part in space.spaces.items()}}
    if type(space).__name__ == "Tuple":
        return {"kind": "tuple", "spaces": [space_of(part) for part in space.spaces]}
    low, high = ([float(x) + 0.0 if np.isfinite(x) else ("-Infinity" if x < 0 else "Infinity") for x in b.ravel()] for b in (space.low, space.high))
    dtype = "float64" if space.dtype == np.float64 else "float32"
    return {"kind": "box", "shape": list(space.shape), "low": low, "high": high, "dtype": dtype}


def encode(tensors: dict[str, np.ndarray], metadata: dict[str, str]) -> bytes:
    """A safetensors file that carries its own SHA-256, as Cohort writes it (src/run/safetensors.ts): `import` finds damage by it."""
    placed = sorted(tensors, key=lambda name: -tensors[name].itemsize)
    entries, begin = {}, 0
    for name in placed:
        data = tensors[name]
        end = begin + data.nbytes
        entries[name] = {"dtype": {"f4": "F32", "f8": "F64"}[data.dtype.str[1:]], "shape": list(data.shape), "data_offsets": [begin, end]}
        begin = end
    blank = "0" * 64
    # The digest comes first, where a reader looks for it.
    header = json.dumps({"__metadata__": {"cohort.sha256": blank, **metadata}, **entries}, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    body = b"".join(tensors[name].tobytes() for name in placed)
    file = len(header).to_bytes(8, "little") + header + body
    at = file.index(blank.encode())
    return file[:at] + hashlib.sha256(file).hexdigest().encode() + file[at + len(blank) :]


def save(
    folder: str | Path,
    env,
    actor: list[tuple[np.ndarray, np.ndarray]],
    *,
    activation: str = "tanh",
    log_std: np.ndarray | None = None,
    normalizer: dict | None = None,
    critic: list[tuple[np.ndarray, np.ndarray]] | None = None,
    env_options: dict | None = None,
    source: dict | None = None,
) -> None:
    """Writes a policy folder.

    `env` is the Gymnasium environment that the policy sees without its wrappers; `actor` (and `critic`) are (weight, bias) per layer, torch's
    way round; `normalizer` is {"mean", "variance", "clip", "statistics"} with float64 arrays; `source` is where the policy comes from
    (algorithm, seed, iteration, globalStep, versions). Epsilon under the root is 1e-8, as in Gymnasium and Stable-Baselines3.
    """
    tensors = {}
    for network, layers in (("actor", actor), ("critic", critic or [])):
        for index, (weight, bias) in enumerate(layers):
            tensors[f"{network}.{index}.weight"] = np.ascontiguousarray(weight, np.float32)
            tensors[f"{network}.{index}.bias"] = np.ascontiguousarray(bias, np.float32)
    if log_std is not None:
        tensors["logStd"] = np.ascontiguousarray(np.ravel(log_std), np.float32)
    if normalizer:
        for name in ("mean", "variance"):
            tensors[f"normalizer.{name}"] = np.ascontiguousarray(normalizer[name], np.float64)
    description = {
        "format": "cohort-policy",
        "formatVersion": 1,
        "env": env.spec.id,
        "envOptions": env_options or {},
        "observationSpace": space_of(env.observation_space),
        "actionSpace": space_of(env.action_space),
        "hiddenSizes": [int(weight.shape[0]) for weight, _ in actor[:-1]],
        "activation": activation,
        "head": "gaussian" if log_std is not None else "categorical" if type(env.action_space).__name__ == "Discrete" else "multi-categorical",
        "layers": [[int(n) for n in weight.shape] for weight, _ in actor],
        "critic": critic is not None,
        "normalizer": normalizer and {"epsilon": 1e-8, **{key: normalizer[key] for key in ("clip", "statistics")}},
        "source": {"versions": {}, **(source or {})},
    }
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    metadata = {"policy": json.dumps(description)}
    (folder / "policy.safetensors").write_bytes(encode(tensors, metadata))
    (folder / "policy.json").write_text(json.dumps(description, indent=2) + "\n")
