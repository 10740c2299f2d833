/**
 * `cohort-rl doctor <run>`: what is wrong with a run, and what to try.
 */
import type { Command } from 'commander';
import type { Finding, RoadName } from '../node/toolkit.ts';
import { answer, type Context, type Tools } from './context.ts';
import { exitCodes } from './failure.ts';
import { type FoundSeed, findBegun, suggestFolders } from './findRun.ts';
import { commandLine, shownPath } from './invocation.ts';
import type { Library } from './library.ts';
import { moduleOption } from './modules.ts';
import { SuggestedArgument } from './options.ts';
import { writeJson, writeLine } from './output.ts';
import { outputColumns, type Paint, table, wrapTo } from './terminal.ts';

interface DoctorFlags {
  readonly list?: boolean;
  readonly json?: boolean;
}

/** Adds `doctor` to the program. */
export function addDoctor(program: Command, context: Context): void {
  const description = 'run folder, of one seed or several';
  program
    .command('doctor')
    .description('say what is wrong with a run, and what to try')
    .addArgument(new SuggestedArgument('[run]', description, (library) => suggestFolders({}, library)))
    .option('--list', 'show the rules, with their limits and where these come from')
    .addOption(moduleOption())
    .option('--json', 'write JSON lines: one per seed, or with --list one per rule')
    .addHelpText('after', '\nThe exit code is 0 where nothing was found, 1 where something was.')
    .action(answer(context, runDoctor));
}

async function runDoctor(path: string | undefined, { list, json }: DoctorFlags, tools: Tools): Promise<void> {
  const { library } = tools;
  if (list) return listRules(json ?? false, tools);
  if (path === undefined) {
    const advice = `name one (\`${commandLine('runs')}\` lists them), or use --list to see the rules`;
    throw library.mistake('doctor', 'a run folder', 'none', advice);
  }
  const { found, begun } = findBegun(path, 'doctor', library, { modules: false });
  const several = found.seeds.length > 1;
  let isIll = false;
  for (const seed of begun) isIll = (await examineSeed(seed, several, json ?? false, tools)) || isIll;
  if (isIll) tools.exit(exitCodes.failed);
}

/** Examines one seed, writes what was found, and gives whether anything was. */
async function examineSeed({ directory, seed, config }: FoundSeed, several: boolean, json: boolean, tools: Tools): Promise<boolean> {
  const { library, paint } = tools;
  const { run, findings } = await library.examineRun(directory);
  const { road, rows } = run;
  const iterations = Number(rows.at(-1)?.iteration ?? 0);
  if (json) {
    const said = seed ?? Number(config.seed ?? 0);
    writeJson({ event: 'examination', runDirectory: shownPath(directory), seed: said, road, iterations, findings });
    return findings.length > 0;
  }
  if (several) writeLine(paint('bold', `Seed ${seed}`));
  if (findings.length === 0) writeLine(wellLine(rows.length, iterations, road, library));
  for (const finding of findings) for (const line of findingLines(finding, library, paint)) writeLine(line);
  if (several) writeLine('');
  return findings.length > 0;
}

/** One sentence on a run of which nothing was found. */
function wellLine(seen: number, iterations: number, road: RoadName, { rules, leastIterations, windowLength }: Library): string {
  if (seen < leastIterations) return `Too early to tell: ${iterations} iterations are there, and rules look at ${leastIterations} or more.`;
  const count = rules.filter(({ roads }) => roads.includes(road)).length;
  const list = `\`${commandLine('doctor', '--list')}\` shows them`;
  return `Nothing found: ${count} rules looked at ${iterations} iterations, above all at the last ${windowLength} (${list}).`;
}

/** What a rule found, in lines that fit. */
function findingLines(finding: Finding, { showLimit, showMeasured }: Library, paint: Paint): string[] {
  const { name, meaning, source, advice } = finding;
  const parts = [
    ['', `${meaning[0]!.toUpperCase()}${meaning.slice(1)}.`],
    ['measured', showMeasured(finding)],
    ['ill', `${showLimit(finding)} (${source})`],
    ['try', advice],
  ] as const;
  const width = outputColumns() - 13;
  return [
    paint('yellow', name),
    ...parts.flatMap(([heading, text]) =>
      wrapTo(text, width).map((line, index) => `  ${paint('gray', (index === 0 ? heading : '').padEnd(heading === '' ? 0 : 10))}${line}`),
    ),
  ];
}

function listRules(json: boolean, { library, paint }: Tools): void {
  const { rules, showLimit } = library;
  if (json) {
    for (const { measure: _measure, ...rule } of rules) writeJson({ event: 'rule', ...rule });
    return;
  }
  const rows = rules.map((rule) => [rule.name, rule.roads.length > 1 ? 'both' : rule.roads.join(), showLimit(rule), rule.measured]);
  for (const line of table(['rule', 'runs on', 'ill', 'measured'], rows, { paint })) writeLine(line);
  writeLine('');
  for (const { name, source } of rules) writeLine(`${name}: ${source}`);
}
