/**
 * What a page's own worker does once it is loaded: `serveTraining` with the files and threads of the page, and the algorithms that a run asks for.
 */
import { createContext } from '../api/context.ts';
import { serveTraining } from '../api/serveTraining.ts';
import type { WorkerRequest } from '../api/workerProtocol.ts';
import { browserPlatform } from './platform.ts';
import { browserHome } from './storage.ts';

/** What to do with each request of the page. */
export function serveHere(): (request: WorkerRequest) => void {
  const context = createContext(browserPlatform, browserHome(), {});
  const hear = serveTraining(context, (message) => postMessage(message));
  let turn = Promise.resolve();
  const isKnown = ({ kind, input }: { readonly kind: string; readonly input: Readonly<Record<string, unknown>> }): boolean =>
    kind === 'train' && (input.algorithm === undefined || context.algorithms.find(String(input.algorithm)) !== undefined);
  const knowAll = async (): Promise<void> => {
    const { allAlgorithms } = await import('../algorithms/index.ts');
    for (const algorithm of allAlgorithms().list()) if (!context.algorithms.find(algorithm.name)) context.algorithms.register(algorithm);
  };
  return (request) => {
    if (request.kind === 'stop') return hear(request);
    // In their order, however long the algorithms take to load.
    turn = turn
      .then(() => (request.kind === 'begin' && !isKnown(request.order) ? knowAll() : undefined))
      .then(
        () => hear(request),
        (error) => reportError(error),
      );
  };
}
