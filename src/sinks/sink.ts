/**
 * What every sink is: it hears the events of runs and takes them elsewhere, and never stops a run or slows it down.
 */
import type { ConfigEvent, RunEvent } from '../run/events.ts';
import { evaluationMetrics } from '../run/metrics.ts';
import type { RunOrigin } from '../run/summary.ts';
import { methodOf, targetOf } from '../run/target.ts';
import { type WebPlatform, webPlatform } from '../run/web.ts';

/** How a sink is closed. */
export interface CloseOptions {
  /** The most milliseconds that it may take to deliver what is left; what is left then is dropped, and said. Default 10,000. */
  readonly milliseconds?: number | undefined;
  /** Whether runs that have no summary were interrupted; else they have failed. Default false. */
  readonly interrupted?: boolean | undefined;
  /** Once it aborts, what is left is dropped. */
  readonly signal?: AbortSignal | undefined;
}

/** Takes what runs tell to another program. */
export interface Sink {
  /** To be handed to `train` and the like; one sink takes the events of any number of runs. Never throws. */
  readonly onEvent: (event: RunEvent) => void;
  /** Delivers what is left, and ends runs that have no summary. Never rejects. Events after it are dropped. */
  close(options?: CloseOptions): Promise<void>;
}

/** What all sinks can be given. */
export interface SinkOptions {
  /** Told in words when something could not be taken elsewhere; once for each thing that is wrong. Default: a warning on the console. */
  readonly warn?: ((message: string) => void) | undefined;
  /** What the runs that it hears have in common: the name of their folder, for several seeds of one configuration. */
  readonly group?: string | undefined;
  /** The name of a run. Default: what it is called, else `<target>__<method>__seed<n>`. */
  readonly nameOf?: ((event: ConfigEvent) => string) | undefined;
  /** Parts of the platform that are not to be its own: for tests, and for a proxy. */
  readonly platform?: Partial<WebPlatform> | undefined;
}

/** The parts that every sink fills in. */
export function filledOptions({ warn, nameOf, platform }: SinkOptions): Required<Pick<SinkOptions, 'warn' | 'nameOf'>> & {
  readonly platform: WebPlatform;
} {
  // biome-ignore lint/suspicious/noConsole: where nobody listens, a warning must be seen all the same
  const tell = warn ?? ((message: string) => console.warn(`cohort-rl: ${message}`));
  const told = new Set<string>();
  return {
    warn: (message) => {
      if (told.has(message)) return;
      told.add(message);
      tell(message);
    },
    nameOf: nameOf ?? runName,
    platform: { ...webPlatform, ...platform },
  };
}

/** What the run is called, or `CartPole-v1__gpg__seed1`. */
function runName(event: ConfigEvent): string {
  return event.name ?? `${targetOf(event)}__${methodOf(event)}__seed${event.seed}`;
}

/** Tells the runs apart that one sink hears. */
export function originKey({ runDirectory, seed }: RunOrigin): string {
  return JSON.stringify([runDirectory, String(seed)]);
}

/** Numbers of one moment of a run. */
export interface Row {
  readonly step: number;
  /** The iteration, where it is one that is done now. */
  readonly iteration?: number;
  /** Seconds of training, where the event says them. */
  readonly seconds?: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** The evaluation at the end stands under names of its own: the one in between may have been played on other episodes. */
function finalMetrics(evaluation: Parameters<typeof evaluationMetrics>[0]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(evaluationMetrics(evaluation)).map(([key, value]) => [key.replace('evaluation/', 'final/'), value]),
  );
}

/** The numbers that an event tells; `undefined` for one that tells none. */
export function rowOf(event: RunEvent): Row | undefined {
  switch (event.event) {
    case 'iteration': {
      const { globalStep: step, iteration, seconds, metrics } = event;
      return { step, iteration, seconds, metrics };
    }
    case 'evaluation':
      return { step: event.globalStep, metrics: evaluationMetrics(event) };
    case 'summary': {
      if ('runs' in event || !event.evaluation) return undefined;
      return { step: event.progress.count, seconds: event.seconds, metrics: finalMetrics(event.evaluation) };
    }
    default:
      return undefined;
  }
}
