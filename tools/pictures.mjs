/**
 * Makes the pictures of docs/pictures: one episode per environment, the most probable action at every step.
 *
 *   node tools/build.mjs
 *   node tools/pictures.mjs CartPole-v1=runs/mine LunarLander-v3=runs/lander/seed5 HalfCheetah-v4=runs/cheetah/seed1
 *
 * An environment without a folder of its own is trained here with its default recipe where that takes seconds, else its picture stays.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { record, train } from '../dist/node.js';

const folder = fileURLToPath(new URL('../docs/pictures', import.meta.url));

/** How each picture is made; seeds are those of the evaluation's first episodes unless another says more. */
const pictures = [
  { name: 'cartPole', ids: ['CartPole-v1'], quick: true, options: { width: 400, every: 3, maxSteps: 240 } },
  { name: 'cliffWalking', ids: ['CliffWalking-v1'], quick: true, options: { width: 480 } },
  { name: 'lunarLander', ids: ['LunarLander-v3', 'LunarLanderContinuous-v3'], options: { width: 400, every: 4 } },
  { name: 'halfCheetah', ids: ['HalfCheetah-v4', 'HalfCheetah-v5'], options: { width: 440, maxSteps: 100, every: 2 } },
];

const given = new Map(process.argv.slice(2).map((word) => word.split(/=(.*)/s).slice(0, 2)));
const known = pictures.flatMap(({ ids }) => ids);
const strange = [...given.keys()].find((id) => !known.includes(id) || !given.get(id));
if (strange !== undefined) {
  console.error(`pictures: expected <environment>=<run folder> with one of ${known.join(', ')}, got ${strange}`);
  process.exit(2);
}

mkdirSync(folder, { recursive: true });
for (const { name, ids, quick, options } of pictures) {
  const id = ids.find((candidate) => given.has(candidate)) ?? ids[0];
  let run = given.get(id);
  let made;
  if (run === undefined) {
    if (!quick) {
      console.log(`${name}: left as it is; give ${id}=<run folder>`);
      continue;
    }
    made = mkdtempSync(join(tmpdir(), 'cohort-pictures-'));
    run = join(made, 'run');
    console.log(`${name}: training ${id} with GPG's default recipe`);
    await train({ env: id, algorithm: 'gpg' }, { runDirectory: run }).finish();
  }
  const file = join(folder, `${name}.gif`);
  const { frames, episodes } = await record(run, { file, overwrite: true, ...options });
  const [{ return: total, length }] = episodes;
  console.log(
    `${name}.gif: ${id}, ${frames} frames, return ${total.toFixed(1)} in ${length} steps, ${Math.round(statSync(file).size / 1000)} kB`,
  );
  if (made) rmSync(made, { recursive: true });
}
