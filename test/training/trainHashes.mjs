/** Trains the runs of a JSON list of configurations, the only argument, with the built package, and writes the hashes of their parameters as one. */
import { train } from '../../dist/node.js';

const hashes = [];
for (const config of JSON.parse(process.argv[2])) hashes.push((await train(config).finish()).summary.parametersSha256);
console.log(JSON.stringify(hashes));
