"""Holds a pretrained model, as this package reads and writes it, to transformers and peft.

    python tools/checkModel.py MODEL PROMPT             a GGUF file or a Hugging Face folder: tensors, greedy text and its log-probability
    python tools/checkModel.py MODEL PROMPT --run RUN   the same, and a run that trained it by adapters: merged weights against peft's

Needs: pip install torch transformers gguf peft; Cohort built: npm run build
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
import transformers

CLI = Path(__file__).parent.parent / "dist" / "cli.js"


def cohort(*words):
    done = subprocess.run(["node", str(CLI), *map(str, words)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stdout


def load(path, **more):
    return transformers.AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32, attn_implementation="eager", **more).eval()


def tensors_of(model):
    return {name: tensor for name, tensor in model.state_dict().items() if name != "lm_head.weight" or not model.config.tie_word_embeddings}


def say_greedy(ours, model, tokenizer, prompt):
    """The greedy completion here and there, and the log-probability of ours in transformers."""
    messages = [{"role": "user", "content": prompt}]
    chat = tokenizer.chat_template is not None
    ids = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False) if chat else tokenizer(prompt)["input_ids"]
    start = len(ids)
    total = 0.0
    with torch.no_grad():
        for _ in range(ours["tokens"]):
            log_probs = torch.log_softmax(model(torch.tensor([ids]), use_cache=False).logits[0, -1].double(), dim=-1)
            token = int(log_probs.argmax())
            total += float(log_probs[token])
            ids = ids + [token]
    text = tokenizer.decode(ids[start:], skip_special_tokens=True)
    print(f"greedy text: {'equal' if text == ours['completion'] else 'DIFFERENT'}, {ours['tokens']} tokens: {ours['completion']!r}")
    print(f"its log-probability: {ours['logProb']:.6f} here, {total:.6f} in transformers")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("prompt")
    parser.add_argument("--run", type=Path)
    said = parser.parse_args()
    is_file = said.model.is_file()
    source = load(said.model.parent, gguf_file=said.model.name) if is_file else load(said.model)
    with tempfile.TemporaryDirectory() as folder:
        exported = Path(folder) / "exported"
        cohort("lm", "export", said.model, "--output", exported)
        model = load(exported)
        theirs, ours = tensors_of(source), tensors_of(model)
        equal = sum(name in ours and torch.equal(tensor, ours[name]) for name, tensor in theirs.items())
        print(f"tensors: {equal} of {len(theirs)} equal bit for bit, {len(ours)} written")
        tokenizer = transformers.AutoTokenizer.from_pretrained(exported)
        [sampled] = map(json.loads, cohort("lm", "sample", said.model, "--prompt", said.prompt, "--greedy", "--json").splitlines())
        say_greedy(sampled, model, tokenizer, said.prompt)
        if said.run is None:
            return
        import peft

        adapter, merged = Path(folder) / "adapter", Path(folder) / "merged"
        cohort("lm", "export", said.run, "--format", "peft", "--output", adapter)
        cohort("lm", "export", said.run, "--output", merged)
        adapted = peft.PeftModel.from_pretrained(model, adapter).eval()
        tokens = torch.tensor([tokenizer(said.prompt)["input_ids"]])
        with torch.no_grad():
            with adapted.disable_adapter():
                before = adapted(tokens).logits
            difference = (adapted(tokens).logits - load(merged)(tokens).logits).abs().max().item()
            moved = (adapted(tokens).logits - before).abs().max().item()
        print(f"logits of the merged weights: within {difference:.1e} of peft's, which the adapter moves by {moved:.1e}")


if __name__ == "__main__":
    main()
