/**
 * Records the bits that behavior numbers stand for, in test/fixtures/behavior.json:
 *
 *   node tools/recordBehavior.mjs
 *
 * It refuses to overwrite a hash whose number did not rise.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'tsdown';

const root = fileURLToPath(new URL('..', import.meta.url));
const outDir = join(root, 'build', 'behavior');
await build({ cwd: root, entry: { behaviors: 'test/experiments/behaviors.ts' }, outDir, dts: false, logLevel: 'warn' });
const { behaviorSubjects, newRecord } = await import(pathToFileURL(join(outDir, 'behaviors.js')).href);

const path = join(root, 'test', 'fixtures', 'behavior.json');
const records = JSON.parse(readFileSync(path, 'utf8'));
const lines = [];
let refused = 0;
for (const { name, behavior, hash } of behaviorSubjects()) {
  try {
    const record = newRecord(name, records[name], { behavior, sha256: await hash() });
    if (records[name]?.sha256 !== record.sha256) console.log(`recorded: ${name}, behavior ${behavior}`);
    lines.push(`  ${JSON.stringify(name)}: { "behavior": ${record.behavior}, "sha256": "${record.sha256}" }`);
  } catch (error) {
    console.error(`error: ${error.message}`);
    refused++;
  }
}
if (refused > 0) {
  console.error(`nothing recorded: ${refused} refused`);
  process.exit(1);
}
writeFileSync(path, `{\n${lines.join(',\n')}\n}\n`);
console.log(`${lines.length} behaviors in ${path}`);
