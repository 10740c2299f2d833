#!/usr/bin/env python3
"""Makes a policy folder of what CleanRL or Stable-Baselines3 trained.

    python tools/policies/from_python.py model.zip --env LunarLander-v3 --output lander
    cohort-rl import lander

reads the .zip that Stable-Baselines3's `save` writes (PPO and A2C with MlpPolicy), the .cleanrl_model that CleanRL's ppo.py and
ppo_continuous_action.py write, and the .npz files of experiments/cleanrl-parity/run_cleanrl.py and
experiments/lunarlander-ppo/run_sb3.py. The names of the tensors tell whose they are. Nothing is unpickled: of a zip only
policy.pth is read (torch, weights_only) and `data` as JSON, and a VecNormalize .pkl is not taken. Write its statistics in the
program that trained the policy,

    np.save("mean.npy", vec_normalize.obs_rms.mean); np.save("variance.npy", vec_normalize.obs_rms.var)

and give them as --observation-mean mean.npy --observation-variance variance.npy. CleanRL keeps none in its file either. Needs
gymnasium (with the environment), torch and safetensors.
"""

from __future__ import annotations

import argparse
import io
import json
import pickle
import re
import zipfile
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import gymnasium
import numpy as np
import torch

import cohort_policy

Layers = list[tuple[np.ndarray, np.ndarray]]

# Far above any policy that is taken, far below what would fill the memory.
MAX_PARAMETERS = 2**31
MAX_JSON = 2**26

ACTIVATIONS = {"Tanh": "tanh", "ReLU": "relu"}


def refuse(path: Path, expected: str, got: str, advice: str) -> SystemExit:
    return SystemExit(f"{path}: expected {expected}, got {got}; {advice}")


@dataclass
class Source:
    """What a file holds: tensors under torch's names, and what it says of the training."""

    tensors: dict[str, np.ndarray]
    algorithm: str = "ppo"
    program: str | None = None
    activation: str | None = None
    seed: int | None = None
    global_step: int | None = None
    versions: dict[str, str] = field(default_factory=dict)


def load_state(path: Path, file: io.BufferedIOBase | Path) -> dict[str, np.ndarray]:
    """The tensors of a state that torch saved, and nothing else."""
    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError):
        advice = "save the state_dict() of the model: nothing else is unpickled here"
        raise refuse(path, "tensors that torch saved, alone", "something else", advice) from None
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise refuse(path, "a dictionary of tensors", type(state).__name__, "save the state_dict() of the model")
    return {name: value.detach().float().numpy() for name, value in state.items()}


def read_stable_baselines(path: Path, archive: zipfile.ZipFile) -> Source:
    """What the `save` of Stable-Baselines3 wrote."""
    for name, most in (("policy.pth", MAX_PARAMETERS), ("data", MAX_JSON)):
        if name not in archive.namelist():
            raise refuse(path, f"{name} in the zip", "none", "take the file that model.save wrote")
        if archive.getinfo(name).file_size > most:
            raise refuse(path, f"{name} of at most {most} bytes", str(archive.getinfo(name).file_size), "use a smaller model")
    tensors = load_state(path, io.BytesIO(archive.read("policy.pth")))
    # What is no JSON in there stands as a pickle in text, which is left alone.
    data = json.loads(archive.read("data"))
    if data.get("use_sde"):
        raise refuse(path, "a policy without gSDE (use_sde)", "one with it", "train with use_sde=False: its noise depends on the state")
    arguments = data.get("policy_kwargs") or {}
    said = re.search(r"\.(\w+)'>", str(arguments.get("activation_fn", "")))
    name = said[1] if said else "Tanh"
    versions = {}
    if "_stable_baselines3_version" in archive.namelist():
        versions["stable-baselines3"] = archive.read("_stable_baselines3_version")[:20].decode("ascii", "replace")
    return Source(
        tensors,
        # No name is kept; A2C has no clipping.
        algorithm="ppo" if "clip_range" in data else "a2c",
        program="stable-baselines3",
        activation=ACTIVATIONS.get(name, name),
        seed=data.get("seed"),
        global_step=data.get("num_timesteps"),
        versions=versions,
    )


def read(path: Path) -> Source:
    """A file of one of the three kinds."""
    if path.suffix == ".npz":
        try:
            with np.load(path, allow_pickle=False) as archive:
                return Source(dict(archive))
        except ValueError:
            raise refuse(path, "arrays of numbers", "something else", "write them with np.savez: nothing is unpickled here") from None
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if "policy.pth" in archive.namelist():
                return read_stable_baselines(path, archive)
            if sum(entry.file_size for entry in archive.infolist()) > MAX_PARAMETERS:
                raise refuse(path, f"at most {MAX_PARAMETERS} bytes", "more", "use a smaller model")
        return Source(load_state(path, path))
    advice = "VecNormalize statistics go in as --observation-mean and --observation-variance (.npy), see --help"
    raise refuse(path, "a .zip of Stable-Baselines3, a .cleanrl_model or a .npz", "something else", advice)


def layers_of(tensors: dict[str, np.ndarray], *prefixes: str) -> Layers:
    """(weight, bias) of the layers below the prefixes, in the order of torch's Sequential."""
    found: Layers = []
    for prefix in prefixes:
        names = sorted(
            (name for name in tensors if re.fullmatch(rf"{re.escape(prefix)}\.(\d+\.)?weight", name)),
            key=lambda name: int((re.search(r"\.(\d+)\.weight$", name) or [0, 0])[1]),
        )
        found += [(tensors[name], tensors[name.removesuffix("weight") + "bias"]) for name in names]
    return found


def parts_of(tensors: dict[str, np.ndarray]) -> dict:
    """Actor, critic and the rest, by the program that wrote the names."""
    if "action_net.weight" in tensors:
        return {
            "actor": layers_of(tensors, "mlp_extractor.policy_net", "action_net"),
            "critic": layers_of(tensors, "mlp_extractor.value_net", "value_net"),
            "log_std": tensors.get("log_std"),
        }
    mean = "observation_mean" in tensors
    return {
        "actor": layers_of(tensors, "actor_mean") or layers_of(tensors, "actor"),
        "critic": layers_of(tensors, "critic"),
        "log_std": tensors.get("actor_logstd"),
        "normalizer": {
            "mean": tensors["observation_mean"],
            "variance": tensors["observation_variance"],
            "clip": 10,
            "statistics": "first environment",
        }
        if mean
        else None,
    }


def check_parts(path: Path, tensors: dict[str, np.ndarray], parts: dict, env: gymnasium.Env) -> None:
    """Ends with a sentence where the tensors are no perceptron for this environment."""
    layers = [layer for network in ("actor", "critic") for layer in parts[network]]
    known = {id(array) for layer in layers for array in layer}
    others = ("log_std", "actor_logstd", "observation_mean", "observation_variance")
    strange = [name for name, array in tensors.items() if id(array) not in known and name not in others]
    # A feature extractor, a norm between layers: what is not carried over would be left out without a word.
    if not parts["actor"] or strange or any(weight.ndim != 2 for weight, _ in layers):
        names = ", ".join((strange or list(tensors))[:4]) or "none"
        raise refuse(path, "the tensors of a CleanRL or Stable-Baselines3 policy of fully connected layers", names, "use PPO or A2C with MlpPolicy")
    spaces = env.observation_space, env.action_space
    inputs, outputs = (int(space.n) if hasattr(space, "n") else int(np.prod(space.shape)) for space in spaces)
    given = parts["actor"][0][0].shape[1], parts["actor"][-1][0].shape[0]
    if given != (inputs, outputs):
        got = f"one with {given[0]} inputs and {given[1]} outputs"
        raise refuse(path, f"a policy for {env.spec.id} ({inputs} inputs, {outputs} outputs)", got, "name the environment that it was trained on")


def convert(
    path: Path,
    env: gymnasium.Env,
    output: Path,
    *,
    critic: bool = False,
    activation: str | None = None,
    seed: int | None = None,
    normalizer: dict | None = None,
    env_options: dict | None = None,
) -> None:
    """One file into one policy folder."""
    source = read(path)
    parts = parts_of(source.tensors)
    check_parts(path, source.tensors, parts, env)
    if not critic:
        del parts["critic"]
    if normalizer is not None:
        parts["normalizer"] = normalizer
    chosen = activation or source.activation or "tanh"
    if chosen not in cohort_policy.ACTIVATIONS:
        raise refuse(path, f"an activation among {', '.join(cohort_policy.ACTIVATIONS)}", chosen, "train with one of these; others are unknown here")
    program = source.program or ("stable-baselines3" if "action_net.weight" in source.tensors else "cleanrl")
    versions = {"torch": version("torch"), "gymnasium": version("gymnasium"), "converted from": program, **source.versions}
    numbers = {"seed": source.seed if seed is None else seed, "globalStep": source.global_step}
    known = {key: value for key, value in numbers.items() if isinstance(value, int) and value >= 0}
    about = {"algorithm": source.algorithm, **known, "versions": versions}
    cohort_policy.save(output, env, activation=chosen, source=about, env_options=env_options, **parts)


def array_of(path: Path) -> np.ndarray:
    """The array of a .npy file, or of a .npz file with one."""
    found = np.load(path, allow_pickle=False)
    if isinstance(found, np.ndarray):
        return found.astype(np.float64)
    if len(found.files) != 1:
        raise refuse(path, "one array", f"{len(found.files)}", "write it with np.save")
    return found[found.files[0]].astype(np.float64)


def option_of(text: str) -> tuple[str, object]:
    """`continuous=true`: a name and a value as JSON, or as text."""
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="model.zip, .cleanrl_model or .npz")
    parser.add_argument("--env", required=True, help="id of the Gymnasium environment that it was trained on")
    parser.add_argument("--env-option", type=option_of, action="append", default=[], metavar="NAME=VALUE", help="an option of it: continuous=true")
    parser.add_argument("--output", type=Path, required=True, help="policy folder to write")
    parser.add_argument("--critic", action="store_true", help="keep the critic as well")
    known = ", ".join(cohort_policy.ACTIVATIONS)
    parser.add_argument("--activation", choices=list(cohort_policy.ACTIVATIONS), help=f"{known}; default: what the file says, else tanh")
    parser.add_argument("--observation-mean", type=Path, help=".npy of the mean by which observations were normalized")
    parser.add_argument("--observation-variance", type=Path, help=".npy of the variance")
    parser.add_argument("--observation-clip", type=float, default=10, help="where normalized observations were cut (default 10)")
    parser.add_argument("--seed", type=int, help="seed of the training, for the record")
    options = parser.parse_args()
    if (options.observation_mean is None) != (options.observation_variance is None):
        parser.error("--observation-mean and --observation-variance belong together")
    env_options = dict(options.env_option)
    env = gymnasium.make(options.env, **env_options).unwrapped
    normalizer = options.observation_mean and {
        "mean": array_of(options.observation_mean),
        "variance": array_of(options.observation_variance),
        "clip": options.observation_clip,
        "statistics": "given",
    }
    chosen = {"critic": options.critic, "activation": options.activation, "seed": options.seed}
    convert(options.file, env, options.output, normalizer=normalizer, env_options=env_options, **chosen)
    print(options.output)


if __name__ == "__main__":
    main()
