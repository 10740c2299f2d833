/** Names of the numbers that MuJoCo computes for every body, for the tables of observations. */

/** Name, meaning and unit of a number. */
type NamedNumber = readonly [name: string, meaning: string, unit?: string];

const axes = ['x', 'y', 'z'];

/** `cfrc_ext`: six numbers per body, MuJoCo puts what turns before what pushes. `note` ends the meaning. */
export function forceNames(bodies: readonly string[], note = ''): NamedNumber[] {
  const end = note === '' ? '' : `, ${note}`;
  return bodies.flatMap((body) => [
    ...axes.map((axis): NamedNumber => [`${body} torque ${axis}`, `from outside on the body, around the middle of all mass${end}`, 'N m']),
    ...axes.map((axis): NamedNumber => [`${body} force ${axis}`, `from outside on the body${end}`, 'N']),
  ]);
}
