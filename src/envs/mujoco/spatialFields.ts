/** Names of the numbers that MuJoCo computes for every body and joint, for the tables of observations. */

/** Name, meaning and unit of a number. */
export type NamedNumber = readonly [name: string, meaning: string, unit?: string];

const axes = ['x', 'y', 'z'] as const;

/** `cfrc_ext`: six numbers per body, MuJoCo puts what turns before what pushes. `note` ends the meaning. */
export function forceNames(bodies: readonly string[], note = ''): NamedNumber[] {
  const end = note === '' ? '' : `, ${note}`;
  return bodies.flatMap((body) => [
    ...axes.map((axis): NamedNumber => [`${body} torque ${axis}`, `from outside on the body, around the middle of all mass${end}`, 'N m']),
    ...axes.map((axis): NamedNumber => [`${body} force ${axis}`, `from outside on the body${end}`, 'N']),
  ]);
}

/** `cinert`: ten numbers per body, around the middle of all mass. */
export function inertiaNames(bodies: readonly string[]): NamedNumber[] {
  return bodies.flatMap((body) => [
    ...['xx', 'yy', 'zz', 'xy', 'xz', 'yz'].map(
      (entry): NamedNumber => [`${body} inertia ${entry}`, 'of the body around the middle of all mass', 'kg m²'],
    ),
    ...axes.map((axis): NamedNumber => [`${body} mass times ${axis}`, 'of the body, from the middle of all mass', 'kg m']),
    [`${body} mass`, 'of the body', 'kg'],
  ]);
}

/** `cvel`: six numbers per body. */
export function velocityNames(bodies: readonly string[]): NamedNumber[] {
  return bodies.flatMap((body) => [
    ...axes.map((axis): NamedNumber => [`${body} angular velocity ${axis}`, 'of the body', 'rad/s']),
    ...axes.map((axis): NamedNumber => [`${body} velocity ${axis}`, 'of the body, at the middle of all mass', 'm/s']),
  ]);
}

/** Positions after the first two, and velocities, of a body that is free in space and of its joints. `heightNote` is the meaning of the first. */
export function stateNames(heightNote: string, joints: readonly string[]): NamedNumber[] {
  return [
    ['height', heightNote, 'm'],
    ...['w', 'x', 'y', 'z'].map((part): NamedNumber => [`rotation ${part}`, `of the torso, the ${part} of its quaternion`]),
    ...joints.map((joint): NamedNumber => [`${joint} angle`, 'of its joint', 'rad']),
    ...axes.map((axis): NamedNumber => [`velocity ${axis}`, `of the torso along ${axis}`, 'm/s']),
    ...axes.map((axis): NamedNumber => [`angular velocity ${axis}`, `of the torso around its own ${axis}`, 'rad/s']),
    ...joints.map((joint): NamedNumber => [`${joint} velocity`, 'of its joint', 'rad/s']),
  ];
}
