/** The server of `cohort-rl watch`: a page and the policies it plays. */
import type { WatchState } from '../../watch/protocol.ts';
import { type PageServer, startPageServer } from '../pageServer.ts';
import { type Content, type ContentFolders, needsOf, readContents, threeContents } from './contents.ts';
import { headersOf } from './headers.ts';

/** What the server shows. */
export interface WatchServerOptions extends ContentFolders {
  /** What there is to watch at this moment; called for each `run.json`. */
  readonly readState: () => Promise<WatchState>;
  /** What the last state named by an address; `undefined` for an unknown one. */
  readonly readFile: (address: string) => Promise<Content | undefined>;
  /** The port; left out, the first free one. 0 is any. */
  readonly port?: number | undefined;
}

/** Starts the server. Throws `CohortError` if the port that was asked for cannot be had. */
export async function startWatchServer(options: WatchServerOptions): Promise<PageServer> {
  const needs = needsOf(options);
  const readThree = threeContents(options.threeFolder);
  return startPageServer({
    contents: await readContents(options),
    headersOf: (kind) => headersOf(kind, needs),
    readNow: async (address) =>
      address === 'run.json' ? { kind: 'json', body: Buffer.from(JSON.stringify(await options.readState())) } : undefined,
    read: async (address) => readThree(address) ?? options.readFile(address),
    port: options.port,
  });
}
