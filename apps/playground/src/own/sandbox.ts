/**
 * Where code of a person runs: a worker inside a frame of an origin of its own, whose policy allows no connection, no form and no further frame. It cannot
 * read the page, its storage or its files, and can reach no address. What it can do is keep one core busy until the frame goes.
 */
import { readAnswer } from './answers.ts';
import type { OwnAnswer, OwnRequest } from './protocol.ts';

/** The rights of the frame and of the worker in it. */
export const policy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:",
  'worker-src blob:',
  "connect-src 'none'",
  "form-action 'none'",
  "base-uri 'none'",
].join('; ');

/** The frame's own script: starts the worker from the text that it is sent, and passes on what the two sides say. */
const relay = `
let worker;
addEventListener('message', ({ data, source }) => {
  if (source !== parent) return;
  if (data.program !== undefined) {
    worker = new Worker(URL.createObjectURL(new Blob([data.program], { type: 'text/javascript' })));
    worker.onmessage = ({ data }) => parent.postMessage(data, '*');
    worker.onerror = ({ message }) => parent.postMessage({ kind: 'checked', ok: false, findings: [{ what: message, fix: '' }], notes: [] }, '*');
  } else worker?.postMessage(data);
});
parent.postMessage({ kind: 'ready' }, '*');`;

/** The page of the frame. */
export function framePage(): string {
  return `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}"><script>${relay}</script>`;
}

/** Answers to one request, at most: two for each iteration, and some. */
const mostAnswers = 1000;

/**
 * Runs a request in a frame of its own. `answered` hears what comes back, `refused` why something of it was not taken, after which nothing more is heard; the
 * function that is given ends everything at once.
 */
export function runApart(
  request: OwnRequest,
  program: string,
  answered: (answer: OwnAnswer) => void,
  refused: (why: string) => void,
): () => void {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.title = 'your environment';
  frame.hidden = true;
  let answers = 0;
  const end = (): void => {
    removeEventListener('message', hear);
    frame.remove();
  };
  const take = (data: unknown): void => {
    try {
      if (++answers > mostAnswers) throw new Error("The environment's code sent the page more than it can read.");
      answered(readAnswer(data));
    } catch (error) {
      end();
      refused(error instanceof Error ? error.message : String(error));
    }
  };
  const hear = ({ data, source }: MessageEvent): void => {
    if (source !== frame.contentWindow) return;
    if (data?.kind === 'ready') {
      frame.contentWindow!.postMessage({ program }, '*');
      frame.contentWindow!.postMessage(request, '*');
    } else take(data);
  };
  addEventListener('message', hear);
  frame.srcdoc = framePage();
  document.body.append(frame);
  return end;
}
