/**
 * Files that are wrong in every way a seed can think of.
 */
import { createGenerator } from '../../src/random/index.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/run/safetensors.ts';

type Draw = ReturnType<typeof createGenerator>;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const deepList = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
/** Values that a reader may trip over, as JSON. */
const hostile: readonly string[] = [
  ...['null', 'true', '0', '-1', '0.5', '1e308', '1e999', '9007199254740993', '-0', '""', '"x"', '[]', '{}', '[[]]'],
  ...[
    '{"__proto__":{"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    '{"toString":1}',
    '{"length":1e9}',
    '{"then":1}',
  ],
  ...['"\\u001b]52;c;YQ==\\u0007"', '"\\u202e"', '"\\ud800"', '"../../etc/passwd"', '"__proto__"', '"constructor"', '"NaN"', '"seed1"'],
  ...[
    JSON.stringify('A'.repeat(5000)),
    JSON.stringify(Array.from({ length: 500 }, (_, i) => i)),
    '[1,2,3]',
    '[0,0,0,0,0,0,0,0,0,0]',
    deepList,
  ],
];

const pick = <T>(random: Draw, list: readonly T[]): T => list[random.integers(0, list.length)]!;

/** Bytes with something done to them that knows nothing of their format. */
function mutateBytes(bytes: Uint8Array, random: Draw): Uint8Array {
  const at = random.integers(0, bytes.length + 1);
  const length = random.integers(0, 1 + Math.min(64, bytes.length));
  const middle = (): Uint8Array => {
    switch (random.integers(0, 6)) {
      case 0:
        return new Uint8Array(0);
      case 1:
        return Uint8Array.from({ length }, () => random.integers(0, 256));
      case 2:
        return bytes.slice(at, at + length);
      case 3:
        return encoder.encode(pick(random, hostile));
      case 4:
        return Uint8Array.of((bytes[at] ?? 0) ^ (1 << random.integers(0, 8)));
      default:
        return new Uint8Array(length).fill(pick(random, [0, 0x22, 0x5b, 0x7b, 0x0a, 0xff]));
    }
  };
  const joined = [bytes.subarray(0, at), middle(), random.random() < 0.2 ? new Uint8Array(0) : bytes.subarray(at + length)];
  return Uint8Array.from(joined.flatMap((part) => [...part]));
}

/** A JSON text with one of its values, or keys, replaced, doubled or taken away. */
function mutateJson(text: string, random: Draw): string {
  const mark = '\u0000mark\u0000';
  const nodes: { readonly owner: Record<string, unknown>; readonly key: string }[] = [];
  const root: Record<string, unknown> = { value: JSON.parse(text) };
  const walk = (owner: Record<string, unknown>): void => {
    for (const key of Object.keys(owner)) {
      nodes.push({ owner, key });
      const entry = owner[key];
      if (typeof entry === 'object' && entry !== null) walk(entry as Record<string, unknown>);
    }
  };
  walk(root);
  const { owner, key } = pick(random, nodes);
  const kind = random.integers(0, 4);
  if (kind === 0 && !Array.isArray(owner)) delete owner[key];
  else if (kind === 1 && !Array.isArray(owner)) {
    owner[pick(random, ['__proto__x', 'constructor', 'length', `${key} `, 'seed', 'format'])] = owner[key];
  } else owner[key] = mark;
  return (JSON.stringify(root.value) ?? '').replace(JSON.stringify(mark), () => pick(random, hostile));
}

/** A safetensors file whose header is wrong and whose digest is right again. */
function mutateSafetensors(bytes: Uint8Array, random: Draw): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(bytes, 'file', { verifyDigest: 'ifPresent' });
  const list = [...tensors.values()];
  const texts = { ...metadata };
  const keys = Object.keys(texts);
  switch (random.integers(0, 5)) {
    case 0: {
      const key = pick(random, keys);
      const isJson = /^[{[]/.test(texts[key]!);
      texts[key] = isJson ? mutateJson(texts[key]!, random) : pick(random, hostile);
      break;
    }
    case 1:
      delete texts[pick(random, keys)];
      break;
    case 2:
      list.splice(random.integers(0, list.length), 1);
      break;
    case 3: {
      // The same bytes under another dtype, or of another shape.
      const index = random.integers(0, list.length);
      const { name, data } = list[index]!;
      const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      const other = data.byteLength % 4 === 0 && random.random() < 0.5 ? new Uint32Array(raw.slice().buffer) : raw.slice();
      list[index] = { name, data: other, shape: [other.length] };
      break;
    }
    default: {
      const index = random.integers(0, list.length);
      const { name, data, shape } = list[index]!;
      const changed = data.slice();
      if (changed instanceof Float32Array || changed instanceof Float64Array) {
        changed[random.integers(0, changed.length)] = pick(random, [Number.NaN, Number.POSITIVE_INFINITY, 1e38, -1]);
      }
      list[index] = { name, data: changed, shape };
    }
  }
  return encodeSafetensors(list, texts);
}

/** The file, wrong in a way that the seed decides. */
export function mutate(path: string, bytes: Uint8Array, seed: number): Uint8Array {
  const random = createGenerator(seed);
  const knows = random.random() < 0.6;
  if (knows && path.endsWith('.safetensors')) return mutateSafetensors(bytes, random);
  if (knows && path.endsWith('.json')) return encoder.encode(mutateJson(decoder.decode(bytes), random));
  if (knows && path.endsWith('.jsonl')) {
    const lines = decoder.decode(bytes).trimEnd().split('\n');
    const index = random.integers(0, lines.length);
    lines[index] = mutateJson(lines[index]!, random);
    return encoder.encode(`${lines.join('\n')}\n`);
  }
  return mutateBytes(bytes, random);
}
