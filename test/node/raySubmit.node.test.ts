/** Submitting to Ray, against a server with the answers that Ray 2.60.0 gave. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { RayJob } from '../../src/experiments/clusters/ray.ts';
import { type SubmitEvent, type SubmitOptions, submitRayJobs } from '../../src/node/raySubmit.ts';

type Status = 'PENDING' | 'RUNNING' | 'STOPPED' | 'SUCCEEDED' | 'FAILED';
interface Known {
  submission_id: string | null;
  status: Status;
  message: string;
  driver_exit_code: number | null;
}

let server: Server | undefined;
afterEach(() => server?.close());

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
};

/** A cluster whose jobs end when they are looked at: `ending` says how, by their name. */
async function cluster(ending: (name: string) => Partial<Known>, known: Known[] = []) {
  const submitted: RayJob[] = [];
  const here = { address: '', known, submitted, most: 0, refuse: 0 };
  server = createServer(async (request, response) => {
    // What Ray does with a browser, and with the `fetch` of Node.
    if (request.headers['sec-fetch-mode'] !== undefined && request.method === 'POST') return void response.writeHead(405).end('browser');
    if (here.refuse > 0) {
      here.refuse--;
      return void response.writeHead(500).end('starting');
    }
    if (request.url !== '/api/jobs/') return void response.writeHead(404).end();
    if (request.method === 'POST') {
      const job = JSON.parse(await textOf(request)) as RayJob;
      if (known.some(({ submission_id }) => submission_id === job.submission_id)) return void response.writeHead(500).end('already');
      submitted.push(job);
      known.push({ submission_id: job.submission_id, status: 'RUNNING', message: '', driver_exit_code: null });
      here.most = Math.max(here.most, known.filter(({ status }) => status === 'RUNNING').length);
      return void response.end(JSON.stringify({ job_id: job.submission_id, submission_id: job.submission_id }));
    }
    response.end(JSON.stringify(known));
    for (const job of known) if (job.status === 'RUNNING') Object.assign(job, ending(job.submission_id ?? ''));
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  here.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return here;
}

const jobs = ['a', 'b', 'c'].map(
  (name): RayJob => ({ submission_id: name, entrypoint: `run ${name}`, entrypoint_num_cpus: 1, metadata: {} }),
);
async function submit(address: string, more: Partial<SubmitOptions> = {}) {
  const events: SubmitEvent[] = [];
  const usual = {
    address,
    parallel: 2,
    signal: new AbortController().signal,
    pause: 5,
    onEvent: (event: SubmitEvent) => events.push(event),
  };
  const outcome = await submitRayJobs(jobs, { ...usual, ...more });
  return { outcome, said: events.map(({ event, name }) => `${event} ${name}`), events };
}
const done = { status: 'SUCCEEDED' as const };

describe('submitting to Ray', () => {
  it('keeps so many jobs at once and ends when all have', async () => {
    const here = await cluster(() => done);
    const { outcome } = await submit(here.address);
    expect(outcome).toEqual({ done: 3, failed: 0, left: 0 });
    expect(here.submitted).toEqual(jobs);
    expect(here.most).toBe(2);
  });

  it('tries again what failed, three times in all, under names of their own', async () => {
    const here = await cluster((name) => (name.startsWith('b') ? { status: 'FAILED', message: 'fell', driver_exit_code: 1 } : done));
    const { outcome, said, events } = await submit(here.address);
    expect(outcome).toEqual({ done: 2, failed: 1, left: 0 });
    expect(said.filter((line) => / b/.test(line))).toEqual([
      ...['submitted b', 'again b', 'submitted b-2', 'again b-2', 'submitted b-3', 'failed b-3'],
    ]);
    expect(here.submitted.find(({ submission_id }) => submission_id === 'b-3')?.entrypoint).toBe('run b');
    expect(events.find(({ event }) => event === 'failed')).toMatchObject({ run: 1, message: 'fell' });
  });

  it('tries nothing again that was refused or stopped', async () => {
    const here = await cluster(
      (name) => ({ a: done, b: { status: 'FAILED' as const, driver_exit_code: 2 }, c: { status: 'STOPPED' as const } })[name]!,
    );
    const { outcome, said } = await submit(here.address);
    expect(outcome).toEqual({ done: 1, failed: 2, left: 0 });
    expect(said.filter((line) => line.startsWith('again'))).toEqual([]);
  });

  it('begins with what an earlier call left: done, running, failed', async () => {
    const known = (submission_id: string | null, status: Status): Known => ({ submission_id, status, message: '', driver_exit_code: null });
    const before = [known(null, 'RUNNING'), known('a', 'SUCCEEDED'), known('b', 'RUNNING'), known('c', 'FAILED'), known('c-2', 'FAILED')];
    const here = await cluster(() => done, before);
    const { outcome } = await submit(here.address);
    expect(outcome.done).toBe(3);
    expect(here.submitted.map(({ submission_id }) => submission_id)).toEqual(['c-3']);
  });

  it('outlasts a head node that is away for a while, and submits again what it forgot', async () => {
    const here = await cluster(() => ({}));
    let looks = 0;
    const forgets = submit(here.address, {
      onEvent: ({ event, name }) => {
        if (event !== 'submitted' || name !== 'b' || looks++ > 0) return;
        // Restarted: it answers badly, then knows nothing.
        here.refuse = 4;
        here.known.length = 0;
        setTimeout(() => {
          for (const job of here.known) Object.assign(job, done);
        }, 200);
      },
    });
    const timer = setInterval(() => {
      for (const job of here.known) if (/-2$|^c$/.test(job.submission_id ?? '')) Object.assign(job, done);
    }, 20);
    expect((await forgets).outcome).toMatchObject({ done: 3, failed: 0 });
    clearInterval(timer);
    expect(here.submitted.map(({ submission_id }) => submission_id)).toEqual(expect.arrayContaining(['a', 'a-2', 'b', 'b-2', 'c']));
  });

  it('stops watching at a signal, and stops no job', async () => {
    const controller = new AbortController();
    const here = await cluster(() => ({}));
    // Both that may run at once are submitted by then.
    const onEvent = ({ name }: SubmitEvent): void => void (name === 'b' && controller.abort());
    const { outcome } = await submit(here.address, { signal: controller.signal, onEvent });
    expect(outcome).toEqual({ done: 0, failed: 0, left: 3 });
    expect(here.known.map(({ status }) => status)).toEqual(['RUNNING', 'RUNNING']);
  });

  it('says what is wrong with an address, with silence, and with another server', async () => {
    for (const address of ['', 'ray://x', 'file:///etc/passwd', '127.0.0.1']) {
      await expect(submit(address)).rejects.toThrow(/--address: expected the address of the dashboard of a Ray cluster/);
    }
    await expect(submit('http://127.0.0.1:9')).rejects.toThrow(
      /http:\/\/127.0.0.1:9\/api\/jobs\/: expected an answer of Ray, got .*ECONNREFUSED/,
    );
    const here = await cluster(() => done);
    await expect(submit(`${here.address}/other`)).rejects.toThrow(/got status 404/);
    here.known.push({ status: 'LOST' } as unknown as Known);
    await expect(submit(here.address)).rejects.toThrow(/expected a list of jobs/);
  });
});
