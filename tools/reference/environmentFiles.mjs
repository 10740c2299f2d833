/** Where each environment is written, and in how many lines: the end of docs/reference/environments.md. */
import { readdirSync, readFileSync } from 'node:fs';
import { prose, table } from './markdown.mjs';

const folder = new URL('../../src/envs/', import.meta.url);
const linesOf = (file) => readFileSync(new URL(file, folder), 'utf8').split('\n').length - 1;

/** The drawing of each environment of these folders that is not named as its file is; MuJoCo's tasks share two views, drawn from the model. */
const drawings = { mountainCarContinuous: 'mountainCar' };
/** Files that belong to one environment besides its own. */
const parts = {
  lunarLander: ['box2d/lunarLanderSpecs.ts'],
  bipedalWalker: ['box2d/bipedalWalkerSpecs.ts', 'box2d/walkerGround.ts'],
  frozenLake: ['toy-text/frozenLakeMaps.ts'],
  humanoid: ['mujoco/humanoidModel.ts'],
};
const filesOf = (name) => readdirSync(new URL(`${name}/`, folder)).filter((file) => file.endsWith('.ts') && file !== 'generated.ts');
const titleOf = (name) => name[0].toUpperCase() + name.slice(1);

/** The files of a folder that register an environment, and so are one, or belong to it. */
function environmentsOf(name) {
  const registers = (file) => /: EnvSpec\[\] =/.test(readFileSync(new URL(`${name}/${file}`, folder), 'utf8')) && file !== 'specs.ts';
  return filesOf(name)
    .filter(registers)
    .map((file) => file.replace(/(Specs)?\.ts$/, ''));
}

function rowOf(name, task) {
  const own = [`${name}/${task}.ts`, ...(parts[task] ?? [])];
  const drawing = name === 'mujoco' ? undefined : `draw/${drawings[task] ?? task}.ts`;
  const lines = own.reduce((sum, file) => sum + linesOf(file), 0);
  const drawn = drawing ? linesOf(drawing) : 0;
  const files = [...own, ...(drawing ? [drawing] : [])].map((file) => `\`${file}\``).join(', ');
  return [titleOf(task), files, lines, drawing ? drawn : 'shared', lines + drawn];
}

const folders = ['classic-control', 'toy-text', 'box2d', 'mujoco'];

/** The blocks of the section. */
export function environmentFiles() {
  const sums = folders.map((name) => {
    const own = environmentsOf(name).flatMap((task) => [`${name}/${task}.ts`, ...(parts[task] ?? [])]);
    const shared = filesOf(name)
      .map((file) => `${name}/${file}`)
      .filter((file) => !own.includes(file));
    const views = name === 'mujoco' ? ['draw/planar.ts', 'draw/spatial.ts'] : [];
    return `${[...shared, ...views].reduce((sum, file) => sum + linesOf(file), 0)} of \`${name}\``;
  });
  return [
    '## Where they are written',
    prose(
      'Lines of each, comments and the table of its options and texts included; files are those of `src/envs`. What several use is counted apart: ' +
        `${sums.join(', ')}. The rigid bodies of \`box2d\` are \`assembly/physics\`, MuJoCo is not ours.`,
    ),
    table(
      ['environment', 'files', 'rules, spaces and texts', 'drawing', 'lines'],
      folders.flatMap((name) => environmentsOf(name).map((task) => rowOf(name, task))),
    ),
  ];
}
