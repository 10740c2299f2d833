/**
 * One run on its way to an MLflow server: what is known of it there, and what waits.
 */
import { version } from '../core/version.ts';
import type { ConfigEvent, SummaryEvent } from '../run/events.ts';
import { RequestError } from '../run/request.ts';
import type { RunStatus } from '../run/summary.ts';
import { methodOf, targetOf } from '../run/target.ts';
import { type Entry, type MetricEntry, metricsOf, most, parametersOf } from './mlflowNames.ts';
import type { MlflowServer, ServerRun } from './mlflowServer.ts';
import type { Row } from './sink.ts';

/** Most rows of a run that wait: after that every second one is left out. An iteration is a row. */
const mostRows = 10_000;

const statuses: Readonly<Record<RunStatus, string>> = { done: 'FINISHED', stopped: 'FINISHED', failed: 'FAILED', interrupted: 'KILLED' };

/** How a run is known to the server before it has an id. */
export interface RunIdentity {
  readonly name: string;
  readonly group: string | undefined;
  /** Tells the run from every other, also in a later process; without one, a run that is resumed is a new one there. */
  readonly identity: string | undefined;
  /** Random text: finds the run again whose making was not answered. */
  readonly token: string;
  readonly startTime: number;
}

/** How a run ended. */
interface RunEnd {
  readonly status: RunStatus;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly tags: readonly Entry[];
}

/** A run; what it is told waits until {@link MlflowRun.deliver} is called often enough. */
export class MlflowRun {
  readonly #event: ConfigEvent;
  readonly #about: RunIdentity;
  #rows: MetricEntry[][] = [];
  #run: ServerRun | undefined;
  #parameters: Entry[];
  /** Whether the run may have been made though no answer came. */
  #isDoubtful = false;
  #end: RunEnd | undefined;
  #isOver = false;
  dropped = 0;

  constructor(event: ConfigEvent, about: RunIdentity) {
    this.#event = event;
    this.#about = about;
    this.#parameters = parametersOf(event.config);
  }

  /** Whether there is something to deliver. */
  get isWaiting(): boolean {
    return !this.#isOver && (this.#run === undefined || this.#rows.length > 0 || this.#parameters.length > 0 || this.#end !== undefined);
  }

  /** Whether what waits need not wait for more. */
  get isUrgent(): boolean {
    return this.#run === undefined || this.#end !== undefined || this.#rows.length >= most.metrics;
  }

  /** Whether the server has no such run yet. */
  get isUnknown(): boolean {
    return this.#run === undefined;
  }

  /** Rows that are not delivered. */
  get left(): number {
    return this.#rows.length;
  }

  row({ step, iteration, metrics }: Row, timestamp: number): void {
    if (this.#isOver || this.#end) return;
    this.#rows.push(metricsOf(iteration === undefined ? metrics : { ...metrics, iteration }, step, timestamp));
    if (this.#rows.length <= mostRows) return;
    const kept = this.#rows.filter((_, index) => index % 2 === 0);
    this.dropped += this.#rows.length - kept.length;
    this.#rows = kept;
  }

  end(status: RunStatus, time: number, summary?: SummaryEvent): void {
    if (this.#isOver || this.#end) return;
    const hash = summary ? [{ key: 'cohort.parameters_sha256', value: summary.parametersSha256 }] : [];
    this.#end = { status, time, tags: [{ key: 'cohort.status', value: status }, ...hash] };
  }

  /** Drops everything: the server does not take this run. */
  giveUp(): void {
    this.#isOver = true;
    this.dropped += this.#rows.length;
    this.#rows = [];
  }

  /** One step of delivery: some requests. Throws {@link RequestError}; what was not delivered stays, unless it was refused. */
  async deliver(server: MlflowServer, experiment: () => Promise<string>, note: (message: string) => void): Promise<void> {
    this.#run ??= await this.#begin(server, await experiment(), note);
    const run = this.#run;
    if (this.#parameters.length > 0) {
      const params = this.#parameters.slice(0, most.parameters);
      this.#parameters = this.#parameters.slice(params.length);
      await server.log(run.id, { params }).catch((error: unknown) => {
        if (error instanceof RequestError && error.isTemporary) this.#parameters = [...params, ...this.#parameters];
        throw error;
      });
    } else if (this.#rows.length > 0) {
      await this.#deliverRows(server, run);
    } else if (this.#end) {
      await this.#deliverEnd(server, run, this.#end);
    }
  }

  async #deliverEnd(server: MlflowServer, run: ServerRun, { status, time, tags }: RunEnd): Promise<void> {
    try {
      for (const tag of tags) await server.setTag(run.id, tag);
      await server.update(run.id, { status: statuses[status], end_time: time });
      this.#isOver = true;
    } catch (error) {
      // Nothing comes after it: what is refused is not asked for again.
      this.#isOver = !(error instanceof RequestError && error.isTemporary);
      throw error;
    }
  }

  async #deliverRows(server: MlflowServer, run: ServerRun): Promise<void> {
    const metrics: MetricEntry[] = [];
    let taken = 0;
    for (const row of this.#rows) {
      if (metrics.length > 0 && metrics.length + row.length > most.metrics) break;
      metrics.push(...row);
      taken++;
    }
    // What an interrupted process had logged after its last checkpoint comes again, with the same bits.
    const fresh = metrics.filter(({ key, step }) => step > (run.lastSteps.get(key) ?? -1));
    const sent = this.#rows.slice(0, taken);
    // In place of them: rows that come meanwhile are put behind, and thinning must not touch what is under way.
    this.#rows = this.#rows.slice(taken);
    try {
      for (let at = 0; at < fresh.length; at += most.metrics) await server.log(run.id, { metrics: fresh.slice(at, at + most.metrics) });
    } catch (error) {
      if (error instanceof RequestError && error.isTemporary) this.#rows = [...sent, ...this.#rows];
      else this.dropped += sent.length;
      throw error;
    }
  }

  async #begin(server: MlflowServer, experimentId: string, note: (message: string) => void): Promise<ServerRun> {
    const { name, group, identity, token, startTime } = this.#about;
    const { resumed } = this.#event;
    const same = { key: 'cohort.token', value: token };
    if (this.#isDoubtful) {
      const made = await server.findRun(experimentId, same);
      if (made) return made;
    }
    if (resumed && identity !== undefined) {
      const before = await server.findRun(experimentId, { key: 'cohort.run', value: identity });
      if (before) {
        await server.update(before.id, { status: 'RUNNING' });
        // Parameters cannot be changed there, and are the same but for the end.
        this.#parameters = [];
        return before;
      }
    }
    if (resumed) note('MLflow: the run before is not known there; what follows is a new run, from the checkpoint on');
    const tags: Entry[] = [
      { key: 'mlflow.source.name', value: `cohort-rl ${version}` },
      { key: 'mlflow.source.type', value: 'LOCAL' },
      { key: 'cohort.target', value: targetOf(this.#event) },
      { key: 'cohort.method', value: methodOf(this.#event) },
      same,
      ...(this.#event.tags === undefined ? [] : [{ key: 'cohort.tags', value: this.#event.tags.join(', ') }]),
      ...(identity === undefined ? [] : [{ key: 'cohort.run', value: identity }]),
      ...(group === undefined ? [] : [{ key: 'cohort.group', value: group.slice(0, 500) }]),
    ];
    this.#isDoubtful = true;
    return await server.createRun({ experiment_id: experimentId, run_name: name.slice(0, 250), start_time: startTime, tags });
  }
}
