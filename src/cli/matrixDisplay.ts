/**
 * Shows a matrix while it runs: what is running, how far it is, how long it will still take.
 */

import type { MatrixEvent, PlannedRun } from '../node/toolkit.ts';
import { mean } from '../statistics/index.ts';
import { cutTo, formatNumber, formatSeconds, harmless, type Paint, padTo, paintFor, wantsColor } from './terminal.ts';

/** A display of a matrix. */
export interface MatrixDisplay {
  event(event: MatrixEvent): void;
  /** Ctrl-C was pressed. */
  interrupting(): void;
  close(): void;
}

interface Running {
  readonly run: PlannedRun;
  share: number;
}

const barWidth = 20;
const frameMilliseconds = 120;

function bar(share: number, paint: Paint): string {
  const full = Math.round(share * barWidth);
  return paint('cyan', '█'.repeat(full)) + paint('gray', '░'.repeat(barWidth - full));
}

const meanOf = (values: readonly (number | null)[] = []): number | undefined => {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? mean(known) : undefined;
};

/** `gpg, numEnvs 16, seed 3`. */
export const nameOf = ({ cell, seed }: PlannedRun): string => `${cell.name}, seed ${seed}`;

/** What a log says of an event; nothing for most. */
export function matrixLine(event: MatrixEvent): string | undefined {
  switch (event.event) {
    case 'plan': {
      const { there, runs, left, seconds } = event;
      if (runs === 0 && left === 0) return `${there} runs are there: nothing to run.`;
      const parts = [
        `${runs} ${runs === 1 ? 'run' : 'runs'} to go`,
        seconds === undefined ? '' : `about ${formatSeconds(seconds)}`,
        there > 0 ? `${there} are there` : '',
        left > 0 ? `${left} do not fit into the budget` : '',
      ];
      return `${parts.filter((part) => part !== '').join(', ')}.`;
    }
    case 'ended': {
      const { run, result, done, runs, timeLeft } = event;
      const { sampled, greedy } = result.evaluations;
      const write = (values: readonly (number | null)[] | undefined): string =>
        formatNumber(meanOf(values), result.road === 'environments' ? 1 : 3);
      const left = done < runs && timeLeft !== undefined ? `, ${formatSeconds(timeLeft)} left` : '';
      return `${done} of ${runs}: ${nameOf(run)}: sampled ${write(sampled.at(-1))}, greedy ${write(greedy.at(-1))}, ${formatSeconds(result.seconds ?? 0)}${left}`;
    }
    case 'note':
      return `note: ${event.message}`;
    case 'failed':
      return `failed: ${nameOf(event.run)}: ${event.error instanceof Error ? event.error.message.split('\n')[0] : String(event.error)}`;
    default:
      return undefined;
  }
}

/** One line per run that ended, for logs and pipes. */
export function plainMatrixDisplay(write: (line: string) => void, remote: boolean): MatrixDisplay {
  return {
    event(event) {
      const line = matrixLine(event);
      if (line !== undefined) write(line);
    },
    interrupting: () =>
      write(
        `interrupted: ${remote ? 'what was submitted stays in the queue' : 'the runs write their checkpoints; once more to end at once'}`,
      ),
    close: () => {},
  };
}

/** The moving display: lines of runs that ended above, what runs below. */
export async function liveMatrixDisplay(title: string, stream: NodeJS.WriteStream): Promise<MatrixDisplay> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(stream);
  const paint = paintFor(wantsColor(stream));
  const running = new Map<string, Running>();
  const began = performance.now();
  let state = 'checking';
  let [done, runs] = [0, 0];
  let stopping = false;
  let promise: { readonly seconds: number; readonly at: number } | undefined;
  const lines = (): string[] => {
    const columns = stream.columns || 80;
    const elapsed = (performance.now() - began) / 1000;
    const open = [...running.values()];
    const share = runs > 0 ? (done + open.reduce((sum, run) => sum + run.share, 0)) / runs : 0;
    const left = promise && Math.max(0, promise.seconds - (performance.now() - promise.at) / 1000);
    const pieces = [
      state === '' ? `${bar(share, paint)} ${done} of ${runs} runs` : state,
      `elapsed ${formatSeconds(elapsed)}`,
      left === undefined ? '' : `left about ${formatSeconds(left)}`,
      stopping ? paint('yellow', 'writing checkpoints') : '',
    ];
    const rows = open.map(
      ({ run, share: part }) => `  ${bar(part, paint)} ${padTo(`${Math.round(part * 100)} %`, 5, 'left')}  ${nameOf(run)}`,
    );
    return [`${paint('bold', title)}`, pieces.filter((piece) => piece !== '').join('   '), ...rows].map((line) => cutTo(line, columns));
  };
  const draw = (): void => update(lines().join('\n'));
  const timer = setInterval(draw, frameMilliseconds);
  draw();
  return {
    event(event) {
      switch (event.event) {
        case 'measuring':
          state = `measuring this machine: ${event.done} of ${event.total}`;
          break;
        case 'plan':
          state = '';
          [done, runs] = [0, event.runs];
          promise = event.seconds === undefined ? undefined : { seconds: event.seconds, at: performance.now() };
          break;
        case 'started':
          running.set(event.run.identity, { run: event.run, share: 0 });
          break;
        case 'progress': {
          const entry = running.get(event.run.identity);
          if (entry) entry.share = event.iteration / event.iterations;
          break;
        }
        case 'ended':
          done = event.done;
          running.delete(event.run.identity);
          if (event.timeLeft !== undefined) promise = { seconds: event.timeLeft, at: performance.now() };
          break;
        case 'failed':
          running.delete(event.run.identity);
          break;
      }
      const line = matrixLine(event);
      if (line === undefined) return;
      update.clear();
      stream.write(`${harmless(line)}\n`);
      draw();
    },
    interrupting() {
      stopping = true;
      draw();
    },
    close() {
      clearInterval(timer);
      update.clear();
      update.done();
    },
  };
}
