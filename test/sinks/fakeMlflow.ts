/** An MLflow server in a few lines: keeps what it is sent, and answers as MLflow 3 does. */
import type { SinkPlatform } from '../../src/sinks/index.ts';

type Body = Record<string, unknown>;

/** A request as it came. */
export interface Asked {
  /** Below `/api/2.0/mlflow/`. */
  readonly path: string;
  readonly body: Body;
  readonly authorization: string | null;
}

interface KnownRun {
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly metrics: Map<string, number>;
}

/** Answers requests, and can be told to fail. */
export class FakeMlflow {
  readonly asked: Asked[] = [];
  readonly runs: KnownRun[] = [];
  experiments: string[] = [];
  /** Answers the next requests in its own way: a status, or what `fetch` would throw. */
  failures: (number | Error)[] = [];
  /** Says no to requests whose path is this. */
  refused = '';
  /** Does what it is asked on this path, once, and never answers. */
  lost = '';

  /** Paths, in order. */
  get paths(): string[] {
    return this.asked.map(({ path }) => path);
  }

  /** Bodies of the requests to one path. */
  bodies(path: string): Body[] {
    return this.asked.filter((asked) => asked.path === path).map(({ body }) => body);
  }

  answer(asked: Asked): readonly [status: number, body: Body] {
    this.asked.push(asked);
    const { path, body } = asked;
    if (path === this.refused) return [400, { error_code: 'INVALID_PARAMETER_VALUE', message: 'not so' }];
    const run = this.runs[Number(String(body.run_id).replace('run', ''))];
    switch (path) {
      case 'experiments/get-by-name': {
        const index = this.experiments.indexOf(String(body.experiment_name));
        if (index < 0) return [404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'none' }];
        return [200, { experiment: { experiment_id: String(index), lifecycle_stage: 'active' } }];
      }
      case 'experiments/create':
        this.experiments.push(String(body.name));
        return [200, { experiment_id: String(this.experiments.length - 1) }];
      case 'runs/create':
        this.runs.push({ tags: body.tags as KnownRun['tags'], metrics: new Map() });
        return [200, { run: { info: { run_id: `run${this.runs.length - 1}` }, data: {} } }];
      case 'runs/search': {
        const [, key, value] = /^tags\.`(.*)` = '(.*)'$/.exec(String(body.filter))!;
        const index = this.runs.findLastIndex(({ tags }) => tags.some((tag) => tag.key === key && tag.value === value));
        if (index < 0) return [200, {}];
        const metrics = [...this.runs[index]!.metrics].map(([name, step]) => ({ key: name, step }));
        return [200, { runs: [{ info: { run_id: `run${index}` }, data: { metrics } }] }];
      }
      default:
        for (const { key, step } of (body.metrics ?? []) as { key: string; step: number }[]) run!.metrics.set(key, step);
        return [200, {}];
    }
  }

  /** A platform whose `fetch` asks this server; waits are over at once, and the clock stands. */
  platform(): Partial<SinkPlatform> {
    return {
      now: () => 1_700_000_000_000,
      randomBytes: (count) => new Uint8Array(count).fill(0xab),
      // A wait of a macrotask: other events of the test come first, as in a run.
      wait: (_, signal) => new Promise((resolve) => (signal.aborted ? resolve() : setTimeout(resolve))),
      fetch: async (address, request) => {
        const failure = this.failures.shift();
        if (failure instanceof Error) throw failure;
        if (failure !== undefined) return new Response('{"message": "out of order"}', { status: failure });
        const { pathname, searchParams } = new URL(address);
        const path = pathname.replace('/api/2.0/mlflow/', '');
        const body = request.body === undefined ? Object.fromEntries(searchParams) : JSON.parse(String(request.body));
        const authorization = new Headers(request.headers).get('authorization');
        const [status, answer] = this.answer({ path, body, authorization });
        if (path === this.lost) {
          this.lost = '';
          throw new TypeError('connection lost');
        }
        return new Response(JSON.stringify(answer), { status });
      },
    };
  }
}
