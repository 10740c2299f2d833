/**
 * How a program reaches the server of its model.
 */
import type { WebPlatform } from '../../run/web.ts';
import type { ServerOptions } from '../backends/tinker/server.ts';

/** How a program reaches a server. */
export interface ServerAccess extends Omit<Partial<ServerOptions>, 'url' | 'platform'> {
  /** Ends all requests of a model that is only sampled from; a run has a signal of its own. */
  readonly signal?: AbortSignal | undefined;
  /** What brings requests, the time and waiting; default: what Node and pages have. */
  readonly web?: Pick<WebPlatform, 'fetch' | 'wait' | 'now'> | undefined;
}
