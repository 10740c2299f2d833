/**
 * The requests that an MLflow server is sent (its REST API 2.0), and what its answers mean.
 */
import { isRecord } from '../core/arguments.ts';
import { mistake } from '../core/errors.ts';
import { parseJsonObject } from '../core/json.ts';
import { escapeControls } from '../core/show.ts';
import { isTemporaryStatus, type RequestAnswer, RequestError, sendRequest } from '../run/request.ts';
import type { WebPlatform } from '../run/web.ts';
import type { Entry, MetricEntry } from './mlflowNames.ts';

/** A run as the server knows it. */
export interface ServerRun {
  readonly id: string;
  /** The last step of each metric that it holds. */
  readonly lastSteps: ReadonlyMap<string, number>;
}

/** How a run is made. */
export interface NewRun {
  readonly experiment_id: string;
  readonly run_name: string;
  readonly start_time: number;
  readonly tags: readonly Entry[];
}

type Answer = Readonly<Record<string, unknown>>;

/** The most bytes of an answer that are read; a run of a thousand metrics takes some hundred thousand. */
const mostBytes = 2 ** 24;
/** Ids go into later requests; MLflow's are digits and letters. */
const idPattern = /^[\w-]{1,64}$/;

/** Refuses an address that `fetch` would not take, or that holds a password: it would be shown and kept. */
export function checkTrackingUri(trackingUri: unknown, subject: string): string {
  const expected = 'the address of an MLflow server';
  const advice = 'write for example http://127.0.0.1:5000, the address that `mlflow server` prints';
  let address: URL | undefined;
  try {
    address = typeof trackingUri === 'string' ? new URL(trackingUri) : undefined;
  } catch {
    // Answered below.
  }
  if (address && (address.username !== '' || address.password !== '')) {
    const where = 'say them in MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or as a header in a program';
    throw mistake(subject, `${expected} without a name and a password`, 'one with them (not shown)', where);
  }
  if (!address || (address.protocol !== 'http:' && address.protocol !== 'https:')) {
    const got = typeof trackingUri === 'string' ? `"${escapeControls(trackingUri.slice(0, 60))}"` : typeof trackingUri;
    throw mistake(subject, `${expected}, http:// or https://`, got, advice);
  }
  return `${address.origin}${address.pathname}`.replace(/\/+$/, '');
}

/** An MLflow server. */
export class MlflowServer {
  readonly #address: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #platform: WebPlatform;
  readonly #signal: AbortSignal;
  readonly #milliseconds: number;

  /** `milliseconds` is the most that one request may take; after the signal none is sent, and one that is under way is given up. */
  constructor(
    address: string,
    headers: Readonly<Record<string, string>>,
    { platform, signal, milliseconds }: { platform: WebPlatform; signal: AbortSignal; milliseconds: number },
  ) {
    this.#address = address;
    this.#headers = headers;
    this.#platform = platform;
    this.#signal = signal;
    this.#milliseconds = milliseconds;
  }

  /** The id of the experiment of that name, which is made where there is none. */
  async experiment(name: string): Promise<string> {
    const find = async (): Promise<string | undefined> => {
      try {
        const { experiment } = await this.#get('experiments/get-by-name', { experiment_name: name });
        if (isRecord(experiment) && experiment.lifecycle_stage === 'deleted') {
          const advice = 'restore it with `mlflow experiments restore`, or choose another name';
          throw new RequestError(`the experiment ${escapeControls(name)} was deleted there; ${advice}`, { isTemporary: false });
        }
        return idOf(experiment, 'experiment_id');
      } catch (error) {
        if (error instanceof RequestError && error.code === 'RESOURCE_DOES_NOT_EXIST') return undefined;
        throw error;
      }
    };
    const found = await find();
    if (found !== undefined) return found;
    try {
      return idOf(await this.#post('experiments/create', { name }), 'experiment_id');
    } catch (error) {
      // Another run may have made it in the meantime.
      const made = error instanceof RequestError && error.code === 'RESOURCE_ALREADY_EXISTS' ? await find() : undefined;
      if (made !== undefined) return made;
      throw error;
    }
  }

  /** The newest run of an experiment that has this tag. */
  async findRun(experimentId: string, { key, value }: Entry): Promise<ServerRun | undefined> {
    const filter = `tags.\`${key}\` = '${value}'`;
    const order = { max_results: 1, order_by: ['attributes.start_time DESC'] };
    const { runs } = await this.#post('runs/search', { experiment_ids: [experimentId], filter, ...order });
    return Array.isArray(runs) && runs.length > 0 ? runOf(runs[0]) : undefined;
  }

  async createRun(run: NewRun): Promise<ServerRun> {
    return runOf((await this.#post('runs/create', run)).run);
  }

  async log(runId: string, batch: { readonly metrics?: readonly MetricEntry[]; readonly params?: readonly Entry[] }): Promise<void> {
    await this.#post('runs/log-batch', { run_id: runId, ...batch });
  }

  async update(runId: string, change: { readonly status: string; readonly end_time?: number }): Promise<void> {
    await this.#post('runs/update', { run_id: runId, ...change });
  }

  async setTag(runId: string, { key, value }: Entry): Promise<void> {
    await this.#post('runs/set-tag', { run_id: runId, key, value });
  }

  #get(path: string, query: Readonly<Record<string, string>>): Promise<Answer> {
    return this.#request(`${path}?${new URLSearchParams(query)}`, { method: 'GET' });
  }

  #post(path: string, body: object): Promise<Answer> {
    return this.#request(path, { method: 'POST', body: JSON.stringify(body) });
  }

  async #request(path: string, request: RequestInit): Promise<Answer> {
    const headers = { 'Content-Type': 'application/json', ...this.#headers };
    const address = `${this.#address}/api/2.0/mlflow/${path}`;
    const limits = { platform: this.#platform, signal: this.#signal, milliseconds: this.#milliseconds, mostBytes };
    return answerOf(await sendRequest(address, { ...request, headers }, limits));
  }
}

/** The content of a good answer. Throws {@link RequestError} for a bad one. */
function answerOf({ ok, status, bytes }: RequestAnswer): Answer {
  const answer = parseJsonObject(bytes);
  if (ok && answer) return answer;
  if (ok) throw new RequestError('its answer is no JSON: is it an MLflow server?', { isTemporary: false });
  const { error_code: code, message } = answer ?? {};
  const said = typeof message === 'string' ? `: ${escapeControls(message.slice(0, 300))}` : '';
  throw new RequestError(`HTTP ${status}${said}`, {
    isTemporary: isTemporaryStatus(status),
    status,
    code: typeof code === 'string' ? code : undefined,
  });
}

function idOf(record: unknown, key: string): string {
  const id = isRecord(record) ? record[key] : undefined;
  if (typeof id === 'string' && idPattern.test(id)) return id;
  throw new RequestError(`its answer has no ${key}: is it an MLflow server?`, { isTemporary: false });
}

function runOf(run: unknown): ServerRun {
  const { info, data } = isRecord(run) ? run : {};
  const metrics = isRecord(data) && Array.isArray(data.metrics) ? data.metrics.filter(isRecord) : [];
  const lastSteps = new Map(metrics.map(({ key, step }) => [String(key), Number(step ?? 0)]));
  return { id: idOf(info, 'run_id'), lastSteps };
}
