/**
 * A worker that trains, in a page. It is built as one file that imports nothing by its name, as the program of the environments' threads is.
 */
import { allAlgorithms } from '../algorithms/index.ts';
import { createContext } from '../api/context.ts';
import { serveTraining } from '../api/serveTraining.ts';
import { browserPlatform } from './platform.ts';
import { browserHome } from './storage.ts';

const hear = serveTraining(createContext(browserPlatform, browserHome(), { algorithms: allAlgorithms() }), (message) =>
  postMessage(message),
);
addEventListener('message', ({ data }) => hear(data));
