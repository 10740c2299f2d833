/**
 * `cohort-rl doctor <run>`: what is wrong with a run, and what to try.
 */
import type { Command } from 'commander';
import { answer, type Context, type Tools } from './context.ts';
import { exitCodes } from './failure.ts';
import { findRun, runArgument } from './findRun.ts';
import { shownPath } from './invocation.ts';
import type { Library } from './library.ts';
import { writeJson, writeLine } from './output.ts';
import { outputColumns, type Paint, wrapTo } from './terminal.ts';

interface DoctorFlags {
  readonly rules?: boolean;
  readonly json?: boolean;
}

type Finding = Awaited<ReturnType<Library['examineRun']>>['findings'][number];

/** Adds `doctor` to the program. */
export function addDoctor(program: Command, context: Context): void {
  program
    .command('doctor')
    .description('say what is wrong with a run, from its metrics, and what to try')
    .usage('[options] <run>')
    .addArgument(runArgument({}, 'the rules, with --rules'))
    .option('--rules', 'list what is looked for: threshold and source of every rule')
    .option('--json', 'write one JSON line per run (or per rule)')
    .addHelpText('after', '\nEnds with 1 where something was found, with 0 where nothing was.')
    .action(answer(context, runDoctor));
}

/** Four significant digits, without an exponent where it can be read without. */
const shown = (value: number): string =>
  (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6) || value === 0 ? String(Number(value.toPrecision(4))) : value.toExponential(2);

function writeFinding({ name, illness, what, value, threshold, source, advice }: Finding, paint: Paint): void {
  const line = (word: string, text: string): void => {
    const [first = '', ...rest] = wrapTo(text, Math.max(40, outputColumns() - 13));
    writeLine(`  ${word.padEnd(9)} ${first}`);
    for (const more of rest) writeLine(`  ${''.padEnd(9)} ${more}`);
  };
  writeLine(paint('bold', name));
  line('', illness);
  line('measured', `${shown(value)}: ${what}`);
  line('line', `${threshold} (${source})`);
  line('try', advice);
}

function listRules({ json }: DoctorFlags, { library, paint }: Tools): void {
  for (const road of ['environments', 'language-models'] as const) {
    if (!json) writeLine(paint('bold', road === 'environments' ? 'Runs on environments' : 'Runs of language models'));
    for (const { find: _rule, ...rule } of library.rulesOf(road)) {
      if (json) writeJson({ event: 'rule', road, ...rule });
      else {
        writeLine(`  ${rule.name}: ${rule.illness}`);
        writeLine(paint('gray', `    ${rule.threshold} (${rule.source})`));
      }
    }
  }
}

async function runDoctor(path: string | undefined, flags: DoctorFlags, tools: Tools): Promise<void> {
  const { library, paint } = tools;
  if (flags.rules) return listRules(flags, tools);
  if (path === undefined)
    throw library.mistake('doctor', 'a run folder', 'none', 'name one, for example runs/latest; `doctor --rules` lists the rules');
  const found = findRun(path, 'doctor', library, { modules: false });
  const begun = found.seeds.filter((seed) => seed.begun);
  if (begun.length === 0) throw library.mistake('doctor', 'a run that was begun', library.show(shownPath(path)), 'train it first');
  let ill = false;
  for (const { directory, seed } of begun) {
    const { iterations, findings } = await library.examineRun(directory);
    ill ||= findings.length > 0;
    if (flags.json) {
      writeJson({ event: 'doctor', runDirectory: directory, seed: seed ?? null, iterations, findings });
      continue;
    }
    const name = found.plan ? `${shownPath(found.path)}, seed ${seed}` : shownPath(found.path);
    const looked = `${iterations} ${iterations === 1 ? 'iteration' : 'iterations'}, ${library.rulesOf(found.road.name).length} rules`;
    writeLine(findings.length > 0 ? `${name} (${looked}):` : `${name}: nothing found (${looked})`);
    for (const finding of findings) writeFinding(finding, paint);
  }
  if (ill) tools.exit(exitCodes.failed);
}
