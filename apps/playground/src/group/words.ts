/** A step in numbers and words: what the panel and the screen reader say. */
import type { BinMember, ExplainedBin, StepExplanation } from 'cohort-rl/advantage';
import type { CriticView } from './critic.ts';
import { type EstimatedGroup, shrunkWeights } from './estimate.ts';

/** Numbers of a sum that are written out. */
const writtenOut = 6;

/** A number with a true minus sign, and with as many decimals as its size needs; whole numbers have none. */
export function show(value: number): string {
  const size = Math.abs(value);
  const text = Number.isInteger(value) ? String(size) : size >= 1000 ? size.toFixed(1) : size >= 10 ? size.toFixed(2) : size.toFixed(3);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** The same with its sign. */
export function showSigned(value: number): string {
  const text = show(value);
  return text.startsWith('−') || value === 0 ? text : `+${text}`;
}

/** `a + b − c`, and how many more there are. */
export function writeSum(values: readonly number[], most = writtenOut): string {
  const [head, rest] = values.length > most + 1 ? [values.slice(0, most), values.length - most] : [values, 0];
  const terms = head.map((value, i) => (i === 0 ? show(value) : value < 0 ? ` − ${show(-value)}` : ` + ${show(value)}`));
  return `${terms.join('')}${rest > 0 ? ` + … (${rest} more)` : ''}`;
}

/** As bins round: to the nearest whole number, halves to the even one. */
function cellOf(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value) + 0;
  return below % 2 === 0 ? below : below + 1;
}

/** What a bin is, for a person. */
export function nameBin({ settings }: ExplainedBin, { group, choices }: EstimatedGroup, step: number, time: number): string {
  const { bins, binWidth = 1 } = settings;
  const depth = group.observationSize;
  const cells = Array.from(group.observations.subarray(step * depth, (step + 1) * depth), (value) => show(cellOf(value / binWidth)));
  const shown = cells.length > 8 ? `${cells.slice(0, 8).join(', ')}, …` : cells.join(', ');
  const cell = `cell (${shown}) of width ${choices.binWidth === binWidth ? show(binWidth) : `${show(binWidth)}, coarser`}`;
  const names: Readonly<Record<string, string>> = {
    universal: 'all steps of the group',
    time: `time ${time}`,
    space: cell,
    'space-time': `time ${time}, ${cell}`,
    'action-time': `time ${time}, the same last action`,
    'return-time': `time ${time}, about the same rewards so far`,
  };
  return typeof bins === 'string' ? (names[bins] ?? bins) : 'a bin of your own';
}

/** The mean of a bin, written out as the sum that it is. */
export interface WrittenBin {
  readonly name: string;
  readonly members: readonly BinMember[];
  readonly counted: number;
  /** `(1.500 + 2.000) / 2 = 1.750`; empty where nothing counts. */
  readonly sum: string;
  readonly mean: number;
  /** What of the baseline it is, 0 .. 1. */
  readonly weight: number;
}

/** A step, written out. */
export interface WrittenStep {
  readonly step: number;
  readonly env: number;
  readonly row: number;
  readonly told: StepExplanation;
  readonly rewards: string;
  readonly bins: readonly WrittenBin[];
  readonly baseline: string;
  readonly advantage: string;
  /** What the scale made of it; `undefined` where it did nothing. */
  readonly scaled: string | undefined;
  readonly critic: { readonly value: number; readonly advantage: number } | undefined;
  /** One sentence for screen readers. */
  readonly sentence: string;
}

function writeBin(bin: ExplainedBin, view: EstimatedGroup, step: number, time: number, weight: number): WrittenBin {
  const counting = bin.members.filter(({ counts }) => counts).map((member) => member.return);
  const many = counting.length > 1;
  const sum =
    counting.length === 0 ? '' : `${many ? '(' : ''}${writeSum(counting)}${many ? ')' : ''} / ${counting.length} = ${show(bin.mean)}`;
  return { name: nameBin(bin, view, step, time), members: bin.members, counted: counting.length, sum, mean: bin.mean, weight };
}

/** `1 + 0.99 · 1 + 0.980 · 1 + …`. */
function writeReturn({ group, choices }: EstimatedGroup, step: number, trajectory: number): string {
  const { numEnvs, rewards, trajectories } = group;
  const last = (trajectories.end[trajectory]! - 1) * numEnvs + trajectories.env[trajectory]!;
  const terms: string[] = [];
  let discount = 1;
  for (let at = step; at <= last && terms.length < 4; at += numEnvs) {
    const reward = show(Math.abs(rewards[at]!));
    const sign = rewards[at]! < 0 ? '−' : '+';
    const term = discount === 1 ? reward : `${show(discount)}·${reward}`;
    terms.push(at === step ? `${sign === '−' ? '−' : ''}${term}` : `${sign} ${term}`);
    discount *= choices.gamma;
  }
  const left = (last - step) / numEnvs + 1 - terms.length;
  return `${terms.join(' ')}${left > 0 ? ` + … (${left} more)` : ''}`;
}

/** How many bins there are, and how full they are; empty where no bins are read. */
export function writeCounts({ estimate, settings }: EstimatedGroup): string {
  const { diagnostics } = estimate;
  const bins = diagnostics['group/bins'];
  if (bins === undefined || settings.baseline === 'none') return '';
  const alone = diagnostics['group/singleton_frac'] ?? 0;
  const perBin = show(diagnostics['group/size_mean'] ?? 0);
  return `${bins} ${bins === 1 ? 'bin' : 'bins'}, ${perBin} returns in one on average; ${(100 * alone).toFixed(0)} % of the steps are alone in theirs.`;
}

const baselineWords: Readonly<Record<string, string>> = {
  shrunk: 'drawn together, the fewer the more towards the coarser bin',
  pooled: 'the others’ mean together with what earlier groups left',
  none: 'nothing is subtracted',
};

/** Writes out what the estimator made of a step. */
export function writeStep(view: EstimatedGroup, told: StepExplanation, step: number, critic?: CriticView): WrittenStep {
  const { group, choices, strengths } = view;
  const [env, row] = [step % group.numEnvs, Math.floor(step / group.numEnvs)];
  const isShrunk = choices.baseline === 'shrunk';
  const weights = isShrunk ? shrunkWeights(told, strengths) : told.levels.map((_, level) => (level === (told.level ?? 0) ? 1 : 0));
  const shown = isShrunk ? told.levels : told.levels.slice(0, (told.level ?? 0) + 1);
  const bins = shown.map((bin, level) => writeBin(bin, view, step, told.time, weights[level]!));
  const mixed = bins.filter(({ weight }) => weight > 0).map(({ weight, mean }) => `${weight.toFixed(2)}·${show(mean)}`);
  const baseline = isShrunk
    ? `${mixed.join(' + ')} = ${show(told.baseline)}: ${baselineWords.shrunk}`
    : `${show(told.baseline)}${baselineWords[choices.baseline] ? `: ${baselineWords[choices.baseline]}` : ''}`;
  const plain = told.return - told.baseline;
  const isScaled = choices.scale !== 'minibatch' && told.participates;
  const sign = told.baseline < 0 ? '+' : '−';
  const inBin = bins[0] ? `bin ${bins[0].name} with ${bins[0].members.length} returns, ` : '';
  return {
    step,
    env,
    row,
    told,
    rewards: writeReturn(view, step, told.trajectory),
    bins,
    baseline,
    advantage: `${show(told.return)} ${sign} ${show(Math.abs(told.baseline))} = ${showSigned(plain)}`,
    scaled: isScaled ? showSigned(told.advantage) : undefined,
    critic: critic && { value: critic.values[step]!, advantage: critic.advantages[step]! },
    sentence: `Trajectory ${told.trajectory + 1}, step ${told.time}: ${inBin}return ${show(told.return)}, baseline ${show(told.baseline)}, advantage ${showSigned(told.advantage)}.`,
  };
}
