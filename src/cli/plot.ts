/**
 * `cohort-rl plot <runs...>`: learning curves, profiles and comparisons of runs as a picture.
 */
import type { Command } from 'commander';
import type { Cell, ChartSpec, CurveAxis, CurveSource, PolicyKind, Series, Theme } from '../node/toolkit.ts';
import { answer, type Context, type Tools } from './context.ts';
import { shownPath } from './invocation.ts';
import type { Library } from './library.ts';
import { matrixTable } from './matrix.ts';
import { SuggestedOption } from './options.ts';
import { writeJson, writeLine } from './output.ts';
import { readCells, resultsArgument } from './results.ts';

interface PlotFlags {
  readonly kind?: string;
  readonly x?: string;
  readonly from?: string;
  readonly theme?: string;
  readonly out?: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** What can be drawn, with a few words on each. */
const kinds = {
  curve: 'learning curves',
  efficiency: 'interquartile means over training',
  profile: 'share of runs above every score',
  improvement: 'probability of being better than the first cell',
  aggregate: 'interquartile means',
} as const;
type Kind = keyof typeof kinds;

const axes = { step: 'environment steps', iteration: 'iterations', time: 'wall time' } as const;
const sources = {
  sampled: 'evaluations, actions drawn',
  greedy: 'evaluations, most probable actions',
  episodes: 'training episodes',
} as const;
const pages = { light: 'white', dark: 'dark' } as const;

function choice(flag: string, description: string, values: Readonly<Record<string, string>>): SuggestedOption {
  return new SuggestedOption(flag, `${description}: ${Object.keys(values).join(', ')}`, () => Object.entries(values));
}

/** Adds `plot` to the program. */
export function addPlot(program: Command, context: Context): void {
  program
    .command('plot')
    .description('draw learning curves, profiles and comparisons of runs')
    .addArgument(resultsArgument())
    .addOption(choice('--kind <kind>', 'what is drawn (default curve)', kinds))
    .addOption(choice('--x <axis>', 'x axis of curves (default step)', axes))
    .addOption(choice('--from <returns>', 'whose returns (default sampled)', sources))
    .addOption(choice('--theme <theme>', 'page (default light)', pages))
    .option('--out <file>', 'the file to write, .svg, .png or .json (default: plot.svg)')
    .option('--overwrite', 'replace files that are there')
    .option('--json', 'write one JSON line: kind, cells, runs, files')
    .action(answer(context, runPlot));
}

/** The value of a flag that names one of several things. */
function read<Name extends string>(
  flag: string,
  said: string | undefined,
  values: Readonly<Record<Name, string>>,
  otherwise: Name,
  { mistake, show, suggest }: Library,
): Name {
  if (said === undefined) return otherwise;
  const names = Object.keys(values) as Name[];
  const found = names.find((name) => name === said);
  if (found !== undefined) return found;
  throw mistake(flag, `one of ${names.join(', ')}`, show(said), suggest(said, names));
}

/** What is to be drawn. */
interface Request {
  readonly kind: Kind;
  readonly x: CurveAxis;
  readonly from: CurveSource;
  readonly theme: Theme;
}

function readRequest(flags: PlotFlags, library: Library): Request {
  const kind = read<Kind>('--kind', flags.kind, kinds, 'curve', library);
  const x = read<CurveAxis>('--x', flags.x, axes, 'step', library);
  const from = read<CurveSource>('--from', flags.from, sources, 'sampled', library);
  const theme = read<Theme>('--theme', flags.theme, pages, 'light', library);
  if (!isOverTraining(kind) && flags.x !== undefined) throw library.mistake('--x', 'learning curves', `--kind ${kind}`, 'leave it out');
  if (!isOverTraining(kind) && from === 'episodes') {
    throw library.mistake('--from', `sampled or greedy for --kind ${kind}`, 'episodes', 'leave it out, or draw learning curves');
  }
  return { kind, x, from, theme };
}

/** What the numbers are: returns of environments, accuracies of language models. */
function scoreOf(cells: readonly Cell[]): string {
  const roads = new Set(cells.flatMap(({ runs }) => runs.map(({ road }) => road)));
  if (roads.size > 1) return 'score';
  return roads.has('environments') ? 'return' : 'accuracy';
}

/** Seconds, minutes or hours, whichever gives numbers that are read easily. */
function timeUnit(series: readonly Series[]): { readonly name: string; readonly seconds: number } {
  const longest = Math.max(0, ...series.flatMap(({ points }) => points.map(({ x }) => x)));
  if (longest > 2 * 3600) return { name: 'hours', seconds: 3600 };
  return longest > 180 ? { name: 'minutes', seconds: 60 } : { name: 'seconds', seconds: 1 };
}

/** Whether a kind goes over training. */
const isOverTraining = (kind: Kind): boolean => kind === 'curve' || kind === 'efficiency';

function drawCurves(cells: readonly Cell[], { kind, x, from, theme }: Request, library: Library): ChartSpec {
  // Per environment or task: their raw returns have no scale in common.
  const average = kind === 'efficiency' ? 'iqm' : 'mean';
  const panels = library.linePanels(cells).map(({ title, cells: own }) => {
    const series = own.map((cell) => library.learningCurve(cell, { x, from, average }));
    return { title, series: series.filter(({ points }) => points.length > 0) };
  });
  const drawn = panels.filter(({ series }) => series.length > 0);
  if (drawn.length === 0) {
    const advice = 'choose another --from, or train with --evaluation-interval';
    throw library.mistake('plot', `runs with ${sources[from]}`, 'none', advice);
  }
  const unit = x === 'time' ? timeUnit(drawn.flatMap(({ series }) => series)) : undefined;
  const scaled = (one: Series): Series => ({
    ...one,
    points: one.points.map((point) => ({ ...point, x: point.x / (unit?.seconds ?? 1) })),
  });
  const isSteps = cells.every(({ runs }) => runs.every(({ progress }) => progress.unit === 'steps'));
  const title = unit ? unit.name : x === 'iteration' ? 'iteration' : isSteps ? 'environment steps' : 'completions';
  const shown = drawn.map(({ title: panel, series }) => ({ title: panel, series: series.map(scaled) }));
  return library.curveChart(shown, { x: title, y: `${scoreOf(cells)}, ${from}${average === 'iqm' ? ', IQM' : ''}`, theme });
}

function draw(cells: readonly Cell[], request: Request, library: Library): ChartSpec {
  const { kind, theme } = request;
  if (isOverTraining(kind)) return drawCurves(cells, request, library);
  const policy = request.from as PolicyKind;
  const score = `${scoreOf(cells)}, ${policy}`;
  const scored = cells.filter((cell) => library.finalScores(cell.runs, policy).length > 0);
  if (scored.length === 0) throw library.mistake('plot', 'runs with an evaluation', 'none', 'train with --final-evaluation-episodes');
  if (kind === 'profile') {
    const panels = library.linePanels(scored).map(({ title, cells: own }) => ({ title, series: library.scoreProfiles(own, policy) }));
    return library.profileChart(panels, { x: `τ (${score})`, y: 'share of runs above τ', theme });
  }
  const byTarget = library.panelsByTarget(scored);
  if (kind === 'aggregate') {
    const panels = byTarget.map(({ title, cells: own }) => ({ title, rows: library.aggregateScores(own, policy) }));
    return library.intervalChart(panels, { x: `${score}, IQM`, theme });
  }
  const panels = byTarget
    .filter(({ cells: own }) => own.length > 1)
    .map(({ title, cells: own }) => ({ title: `${title}: over ${own[0]!.name}`, rows: library.improvements(own, policy) }));
  if (panels.length > 0) return library.intervalChart(panels, { x: 'probability of improvement', theme, reference: 0.5, xDomain: [0, 1] });
  throw library.mistake('plot', 'two cells or more of one environment or task', 'one', 'name more runs, or choose another --kind');
}

async function runPlot(paths: readonly string[], flags: PlotFlags, tools: Tools): Promise<void> {
  const { library, paint } = tools;
  const request = readRequest(flags, library);
  const file = { file: flags.out ?? 'plot.svg', overwrite: flags.overwrite };
  // Speaks before the work and not after it.
  library.chartFiles(file);
  const cells = await readCells(paths, 'plot', library);
  const spec = draw(cells, request, library);
  let files: Awaited<ReturnType<Library['saveChart']>>;
  try {
    files = await library.saveChart(spec, file);
  } catch (error) {
    // Without the packages that draw there are still the numbers.
    if (library.isMissingPackage(error) && !flags.json) for (const line of matrixTable(cells, tools)) writeLine(line);
    throw error;
  }
  const runs = cells.reduce((sum, cell) => sum + cell.runs.length, 0);
  if (flags.json) return writeJson({ event: 'plot', ...request, cells: cells.map(({ name }) => name), runs, files });
  const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
  writeLine(`${paint('bold', kinds[request.kind])} of ${plural(cells.length, 'cell')}, ${plural(runs, 'run')}`);
  for (const { file: name, bytes } of files) {
    writeLine(`${paint('cyan', shownPath(name))}  ${Math.max(1, Math.round(bytes / 1000))} kB`);
  }
}
