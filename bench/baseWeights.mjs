/**
 * What a pretrained model's frozen weights cost and say in each kind: their bytes in memory, difference of its logits from float32,
 * whether greedy texts are the same, and the time of sampling and of a gradient as ratios to float32, in interleaved pairs.
 *
 *     node bench/baseWeights.mjs MODEL [--pairs 5] [--groups 4] [--members 4]
 *
 * One JSON line for each kind. Needs a build, and a model in GGUF or a folder of Hugging Face's. Ratios above 1 are slower than float32.
 */
import { createKernelsAsync, createSequences, createTransformer } from '../dist/kernels.js';
import { openModel } from '../dist/node.js';
import { median } from '../dist/statistics.js';

const [place, ...said] = process.argv.slice(2);
const options = { pairs: 5, groups: 4, members: 4 };
for (let i = 0; i < said.length; i += 2) options[said[i].replace(/^--/, '')] = said[i + 1];
const [pairs, numGroups, groupSize] = ['pairs', 'groups', 'members'].map((name) => Number(options[name]));
if (!place) {
  console.error('baseWeights.mjs: expected a model; see the top of the file');
  process.exit(2);
}

const questions = [
  'Compute 7 + 12. Answer:',
  'What is the capital of France?',
  'Write one sentence about the sea.',
  'Name three colors, then say which of them is the color of the sky.',
];
const [promptLength, completionLength] = [64, 48];
const { checkpoint, tokenizer } = await openModel(place);
const prompts = questions.map((question) => tokenizer.encodePrompt(question));

async function open(baseWeights) {
  const adapter = { rank: 16, alpha: 32, targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'] };
  const maxPositionEmbeddings = promptLength + completionLength;
  const kernels = await createKernelsAsync({ bytes: 2 ** 32 - 2 ** 16 });
  const model = createTransformer(kernels, {
    ...checkpoint.shape,
    ...{ name: 'policy', output: 'logits', maxPositionEmbeddings, adapter, baseWeights },
  });
  const batch = createSequences(kernels, { numGroups, groupSize, promptLength, completionLength });
  for (const tensor of model.base.tensors()) {
    const blocks = tensor.setBlocks && (await checkpoint.integerBlocks?.(tensor.name));
    if (blocks) tensor.setBlocks(blocks);
    else tensor.set('values', await checkpoint.tensor(tensor.name));
  }
  // The adapters say nothing: what is compared are the weights beside them.
  for (let group = 0; group < numGroups; group++) {
    const prompt = prompts[group % prompts.length];
    batch.prompts.set(prompt, group * promptLength);
    batch.promptLengths[group] = prompt.length;
  }
  return { kernels, model, batch, frozenBytes: model.base.values.byteLength };
}

const draws = {
  numGroups,
  groupSize,
  maxTokens: completionLength,
  endToken: [...tokenizer.endTokens],
  key: [1, 2],
  iteration: 1,
  firstRollout: 0,
  stream: 0,
};

function greedyTexts({ model, batch }) {
  return questions.map((_, i) => {
    batch.prompts.set(prompts[i]);
    batch.promptLengths[0] = prompts[i].length;
    model.sample(batch, { ...draws, numGroups: 1, groupSize: 1, greedy: true });
    return tokenizer.decode([...batch.completions.subarray(0, batch.completionLengths[0])]);
  });
}

/** Milliseconds of drawing completions that all have the same length, and of their gradient. */
function time({ model, batch }) {
  const begin = performance.now();
  model.sample(batch, { ...draws, endToken: checkpoint.shape.vocabSize - 1 });
  const middle = performance.now();
  batch.completionLengths.fill(completionLength);
  batch.advantageWeights.fill(0.01);
  model.gradient(batch, { numGroups, groupSize, loss: 'score' });
  return [middle - begin, performance.now() - middle];
}

const plain = await open('float32');
const plainLogits = prompts.map((prompt) => plain.model.logits(prompt));
const plainTexts = greedyTexts(plain);
const { count } = plain.model.base;
const rounded = (value) => Number(value.toPrecision(4));
console.log(JSON.stringify({ baseWeights: 'float32', parameters: count, frozenBytes: plain.frozenBytes, texts: plainTexts }));
for (const baseWeights of ['bfloat16', 'int8']) {
  const narrow = await open(baseWeights);
  let [most, squares, size, sameTop, positions] = [0, 0, 0, 0, 0];
  for (const [i, prompt] of prompts.entries()) {
    const logits = narrow.model.logits(prompt);
    const width = checkpoint.shape.vocabSize;
    for (let k = 0; k < logits.length; k++) {
      const difference = logits[k] - plainLogits[i][k];
      most = Math.max(most, Math.abs(difference));
      squares += difference * difference;
      size += plainLogits[i][k] * plainLogits[i][k];
    }
    const best = (row) => row.reduce((top, value, k) => (value > row[top] ? k : top), 0);
    for (let t = 0; t < prompt.length; t++, positions++) {
      const row = (all) => all.subarray(t * width, (t + 1) * width);
      if (best(row(logits)) === best(row(plainLogits[i]))) sameTop++;
    }
  }
  const texts = greedyTexts(narrow);
  const ratios = [[], []];
  for (let pair = 0; pair < pairs; pair++) {
    // Who comes first changes from pair to pair.
    const order = pair % 2 === 0 ? [plain, narrow] : [narrow, plain];
    const times = order.map(time);
    const [ofPlain, ofNarrow] = pair % 2 === 0 ? times : times.reverse();
    for (const i of [0, 1]) ratios[i].push(ofNarrow[i] / ofPlain[i]);
  }
  console.log(
    JSON.stringify({
      baseWeights,
      frozenBytes: narrow.frozenBytes,
      logits: { most: rounded(most), relative: rounded(Math.sqrt(squares / size)), sameTop: `${sameTop} of ${positions}` },
      sameTexts: `${texts.filter((text, i) => text === plainTexts[i]).length} of ${texts.length}`,
      texts: texts.filter((text, i) => text !== plainTexts[i]),
      ...(pairs > 0 && {
        sampling: { median: rounded(median(ratios[0])), all: ratios[0].map(rounded) },
        gradient: { median: rounded(median(ratios[1])), all: ratios[1].map(rounded) },
      }),
    }),
  );
  narrow.kernels.close();
}
plain.kernels.close();
