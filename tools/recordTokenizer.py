"""Records what a tokenizer of transformers makes of many texts and conversations; tools/checkTokenizer.mjs compares it with this library's.

Usage: python tools/recordTokenizer.py MODEL OUTPUT.jsonl [COUNT]       (needs: pip install transformers==5.23.0 tokenizers gguf)

MODEL is a folder with tokenizer.json and tokenizer_config.json, or a GGUF file; of the latter the data of the tokenizer is written to
OUTPUT.jsonl.vocabulary.json, as the Python package gguf reads it. COUNT texts are recorded, 10,000 by default.
"""

import json
import pathlib
import random
import sys

SCRIPTS = [
    "Straße über Ångström façade naïve čeština łódź",
    "Съешь же ещё этих мягких французских булок",
    "Ελληνικά: ξεσκεπάζω την ψυχοφθόρα βδελυγμία",
    "نص عربي مع أرقام ٠١٢٣٤٥٦٧٨٩ وتشكيل مُحَمَّد",
    "עברית עם נִקּוּד",
    "हिन्दी में क्षत्रिय ज्ञान १२३४५",
    "বাংলা ভাষা ১২৩",
    "தமிழ் மொழி",
    "ภาษาไทยไม่มีวรรค ๑๒๓",
    "ລາວ ខ្មែរ မြန်မာ",
    "中文字符，没有空格。",
    "日本語テキスト カタカナ ﾊﾝｶｸ",
    "한국어 텍스트 한국어",
    "ქართული ენა Հայերեն",
    "አማርኛ ᏣᎳᎩ ᐃᓄᒃᑎᑐᑦ",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟘𝟙𝟚 ⅷ ½ ² ₃ ① ㊿",
    "𐍈𐌰𐌹 𓀀𓂀 𒀀 𞤀𞤁",
]
EMOJI = ["😀", "👍🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪🇯🇵", "❤️", "1️⃣", "🫠", "🧑🏿‍🚀", "☺︎"]
CODE = [
    "def f(x):\n    return x ** 2  # ok\n",
    "for (let i = 0; i < n; ++i) {\n\t\tsum += a[i];\n}\n",
    "SELECT * FROM t WHERE a='b' AND c>=1.5e-3;",
    '{"key": [1, 2.0, -3e10, null], "\\u00e9": "\\n"}',
    "if(x!=y&&z||!w){return-1;}//??",
    "https://example.org/a?b=c&d=%20#e",
    "<div class=\"a\">&nbsp;</div>\r\n",
    "\\frac{1}{2}\\sum_{i=1}^n x_i^2 \\le 10^{-3}",
]
SPACES = [" ", "  ", "   ", " " * 7, " " * 33, "\t", "\t\t", "\n", "\n\n", "\r\n", " \n ", "\u00a0", "\u3000", "\u2009", "\u200b", "\u2028", "\u0085", "\ufeff", "\x0b", "\x0c", "\x1c", "\u180e", "\x00", "\x7f", "\x1b"]
WORDS = "the of and I'm you're we've he'll she'd it's don't CAN'T He'S 'Tis o'clock state-of-the-art e.g. U.S.A. reinforcement gradient policy Zyzzyva antidisestablishmentarianism".split()
MARKS = list("!?.,;:-_/\\|@#$%^&*()[]{}<>~`\"'+=") + ["...", "--", "—", "“", "”", "«", "¿", "。", "!!!", "?!"]
BROKEN = ["e\u0301", "a\u030a\u0323", "\u0301", "q\u0323\u0307", "\u1100\u1161\u11a8", "\u0958", "\u2126", "\ufb01", "\u1e9b\u0323", "a" + "\u0300" * 30, "\u200d", "\ufe0f", "\ud7a3", "\uf900", "\U000e0041", "\ufffd", "\U0010ffff"]


def anyCharacter(chance):
    while True:
        code = chance.choice([chance.randrange(0x80), chance.randrange(0x800), chance.randrange(0x10000), chance.randrange(0x110000)])
        if not 0xD800 <= code <= 0xDFFF:
            return chr(code)


def number(chance):
    digits = "".join(chance.choice("0123456789") for _ in range(chance.randint(1, 25)))
    return chance.choice([digits, f"{digits[:3]}.{digits[3:]}", f"{digits[:1]},{digits[1:4]}", f"-{digits}", f"{digits}th", f"0x{digits}"])


def piece(chance, specials):
    return chance.choice(
        [
            lambda: chance.choice(WORDS),
            lambda: chance.choice([" ", ""]) + chance.choice(WORDS),
            lambda: chance.choice(chance.choice(SCRIPTS).split(" ")),
            lambda: "".join(chance.sample(chance.choice(SCRIPTS), 5)),
            lambda: chance.choice(EMOJI),
            lambda: chance.choice(CODE),
            lambda: chance.choice(SPACES),
            lambda: chance.choice(SPACES) * chance.randint(1, 4),
            lambda: chance.choice(MARKS),
            lambda: number(chance),
            lambda: chance.choice(BROKEN),
            lambda: "".join(anyCharacter(chance) for _ in range(chance.randint(1, 6))),
            lambda: chance.choice(specials) if specials else "",
            lambda: chance.choice(specials)[: chance.randint(1, 12)] if specials else "",
        ]
    )()


def texts(count, specials, seed=1):
    """Texts of every kind, the first ones by hand."""
    chance = random.Random(seed)
    fixed = ["", " ", "\n", "a", "a" * 3000, "Donaudampfschifffahrt" * 60, "🧑🏿‍🚀" * 200, " " * 1000, "\n" * 500, "0123456789" * 50, "ab \t" * 300]
    fixed += SCRIPTS + EMOJI + CODE + SPACES + BROKEN + WORDS + specials
    fixed += [f"{a}{special}{b}" for special in specials[:6] for a, b in [(" ", " "), ("a", "b"), ("\n", "\n"), ("1", "2"), ("<", ">")]]
    while len(fixed) < count:
        fixed.append("".join(piece(chance, specials) for _ in range(chance.choice([1, 2, 3, 5, 8, 20, 60]))))
    return fixed[:count]


def conversations(specials):
    user = lambda text: {"role": "user", "content": text}
    system = lambda text: {"role": "system", "content": text}
    answer = lambda text: {"role": "assistant", "content": text}
    long = "".join(SCRIPTS) + "".join(CODE)
    return [
        [user("What is 2 + 3?")],
        [user("")],
        [user("  spaces around \n")],
        [user("\n\nlines\n\n")],
        [system("You are brief."), user("Hi")],
        [system(" \n"), user("\t")],
        [user("Hi"), answer("Hello!"), user("And now?")],
        [user("Hi"), answer("  \n Hello! \n"), user("And now?")],
        [system("Reason."), user("1+1"), answer("<think>\none and one\n</think>\n\n2"), user("2+2")],
        [user("1+1"), answer("<think>\n  two \n</think>\n\n  2\n")],
        [user("x"), answer("y"), user("z"), answer("w"), user("v")],
        [user(long), answer(long[::-1]), user(long)],
        [user("".join(specials[:8]))],
        [user("\u00a0\ufeff\x1cx\x85\u3000")],
        [user("a"), user("b")],
    ]


def load(model):
    """The tokenizer, and the data of it if it is that of a GGUF file."""
    from transformers import AutoTokenizer

    if model.is_dir():
        return AutoTokenizer.from_pretrained(model), None
    from gguf import GGUFReader
    from tokenizers import pre_tokenizers

    tokenizer = AutoTokenizer.from_pretrained(model.parent, gguf_file=model.name)
    fields = GGUFReader(model).fields

    def get(name):
        return fields[f"tokenizer.{name}"].contents() if f"tokenizer.{name}" in fields else None

    data = {
        "model": get("ggml.model"),
        "pre": get("ggml.pre"),
        "tokens": get("ggml.tokens"),
        "tokenTypes": get("ggml.token_type"),
        "merges": get("ggml.merges"),
        "bosToken": get("ggml.bos_token_id"),
        "eosToken": get("ggml.eos_token_id"),
        "unknownToken": get("ggml.unknown_token_id"),
        "addBosToken": get("ggml.add_bos_token"),
        "chatTemplate": get("chat_template"),
    }
    if data["pre"] == "smollm":
        # transformers 5.23 does not know this name and would not part digits, as the model's own tokenizer.json does.
        steps = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
        tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps)
    return tokenizer, {key: value for key, value in data.items() if value is not None}


def record(tokenizer, count):
    """A line for every text and every conversation."""
    specials = [token.content for token in tokenizer.added_tokens_decoder.values()]
    specials = specials[:20] + specials[-4:]
    for text in texts(count, specials):
        ids = tokenizer.encode(text, add_special_tokens=False)
        prompt = tokenizer.encode(text)
        decoded = tokenizer.decode(ids, skip_special_tokens=True)
        yield {"text": text, "ids": ids, "decoded": decoded, **({"prompt": prompt} if prompt != ids else {})}
    chance = random.Random(2)
    for _ in range(count // 10):
        # Any ids: most of them are no UTF-8.
        ids = [chance.randrange(len(tokenizer)) for _ in range(chance.randint(1, 20))]
        yield {"ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=True)}
    if tokenizer.chat_template:
        for messages in conversations(specials):
            rendered = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
            ids = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False)
            yield {"messages": messages, "rendered": rendered, "ids": ids}


def main():
    model, output = map(pathlib.Path, sys.argv[1:3])
    tokenizer, data = load(model)
    if data:
        pathlib.Path(f"{output}.vocabulary.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    with output.open("w", encoding="utf-8") as file:
        for line in record(tokenizer, int(sys.argv[3]) if len(sys.argv) > 3 else 10_000):
            file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
