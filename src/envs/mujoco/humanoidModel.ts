/** The body of Humanoid and HumanoidStandup, with the constants of Gymnasium's `assets/humanoid.xml` and `assets/humanoidstandup.xml`. */

/** What differs between a body that is made standing, with its legs down, and one that is made lying, with its legs along x. */
interface Posture {
  readonly torsoHeight: number;
  readonly head: string;
  readonly upperWaist: readonly [from: string, to: string];
  readonly lowerWaist: string;
  readonly pelvis: string;
  /** Height of the hips above the middle of the pelvis. */
  readonly hips: number;
  /** Where the thigh's capsule ends, and where the shin begins, with `y` to the side. */
  thighEnd(y: number): string;
  knee(y: number): string;
  readonly shinEnd: string;
  readonly foot: string;
  /** Range of the left hip around y in degrees; that of the right one is the same in both. */
  readonly leftHipRange: string;
}

const standing: Posture = {
  torsoHeight: 1.4,
  head: '0 0 0.19',
  upperWaist: ['-0.01 -0.06 -0.12', '-0.01 0.06 -0.12'],
  lowerWaist: '-0.01 0 -0.26',
  pelvis: '0 0 -0.165',
  hips: -0.04,
  thighEnd: (y) => `0 ${y} -0.34`,
  knee: (y) => `0 ${y} -0.403`,
  shinEnd: '0 0 -0.3',
  foot: '0 0 -0.45',
  leftHipRange: '-110 20',
};

const lying: Posture = {
  torsoHeight: 0.105,
  head: '-0.15 0 0',
  upperWaist: ['0.11 -0.06 0', '0.11 0.06 0'],
  lowerWaist: '0.21 0 0',
  pelvis: '0.165 0 0',
  hips: 0,
  thighEnd: (y) => `0.34 ${y} 0`,
  knee: (y) => `0.403 ${y} 0`,
  shinEnd: '0.3 0 0',
  foot: '0.35 0 -0.1',
  leftHipRange: '-120 20',
};

/** The postures by name. */
const postures = { standing, lying } as const;

/** N m per unit of action of the motors, in the order of the action: trunk, legs, arms. Names of joints. */
const motors = [
  ...[['abdomen_y', 100] as const, ['abdomen_z', 100] as const, ['abdomen_x', 100] as const],
  ...['right', 'left'].flatMap((side) => [
    [`${side}_hip_x`, 100] as const,
    [`${side}_hip_z`, 100] as const,
    [`${side}_hip_y`, 300] as const,
    [`${side}_knee`, 200] as const,
  ]),
  ...['right', 'left'].flatMap((side) => ['shoulder1', 'shoulder2', 'elbow'].map((joint) => [`${side}_${joint}`, 25] as const)),
] as const;

/** Names and strengths of the motors in the order of the action, in N m per unit. */
export const humanoidMotors: readonly (readonly [joint: string, gear: number])[] = motors;

/** Joints in the order of positions and velocities, after the six velocities (seven positions) of the torso. */
export const humanoidJoints: readonly string[] = [
  ...['abdomen_z', 'abdomen_y', 'abdomen_x'],
  ...['right', 'left'].flatMap((side) => ['hip_x', 'hip_z', 'hip_y', 'knee'].map((joint) => `${side}_${joint}`)),
  ...['right', 'left'].flatMap((side) => ['shoulder1', 'shoulder2', 'elbow'].map((joint) => `${side}_${joint}`)),
];

/** Bodies in their order, after the world. */
export const humanoidBodies: readonly string[] = [
  ...['torso', 'lower waist', 'pelvis'],
  ...['right', 'left'].flatMap((side) => ['thigh', 'shin', 'foot'].map((part) => `${side} ${part}`)),
  ...['right', 'left'].flatMap((side) => ['upper arm', 'lower arm'].map((part) => `${side} ${part}`)),
];

/** A hinge; `stiffness` in N m/rad, `damping` in N m s/rad. */
function hinge(name: string, axis: string, range: string, armature: number, { at = '0 0 0', damping = 1, stiffness = 0 } = {}): string {
  return `<joint name="${name}" type="hinge" pos="${at}" axis="${axis}" range="${range}" armature="${armature}" damping="${damping}" stiffness="${stiffness}"/>`;
}

const capsule = (name: string, radius: number, from: string, to: string): string =>
  `<geom name="${name}" type="capsule" size="${radius}" fromto="${from} ${to}"/>`;

/** `out` is 1 for the left side, which is where y is positive, and -1 for the right. */
function legXml(side: 'right' | 'left', out: 1 | -1, posture: Posture): string {
  const isLeft = side === 'left';
  const soft = { damping: 5, stiffness: 10 };
  const inwards = -0.01 * out;
  return `<body name="${side}_thigh" pos="0 ${0.1 * out} ${posture.hips}">
${hinge(`${side}_hip_x`, `${-out} 0 0`, '-25 5', 0.01, soft)}
${hinge(`${side}_hip_z`, `0 0 ${-out}`, '-60 35', 0.01, soft)}
${hinge(`${side}_hip_y`, '0 1 0', isLeft ? posture.leftHipRange : '-110 20', isLeft ? 0.01 : 0.008, { damping: 5, stiffness: 20 })}
${capsule(`${side} thigh`, 0.06, '0 0 0', posture.thighEnd(inwards))}
<body name="${side}_shin" pos="${posture.knee(inwards)}">
${hinge(`${side}_knee`, '0 -1 0', '-160 -2', 0.006, { at: '0 0 0.02', stiffness: isLeft ? 1 : 0 })}
${capsule(`${side} shin`, 0.049, '0 0 0', posture.shinEnd)}
<body name="${side}_foot" pos="${posture.foot}">
<geom name="${side} foot" type="sphere" size="0.075" pos="0 0 0.1"/>
</body>
</body>
</body>`;
}

function armXml(side: 'right' | 'left', out: 1 | -1): string {
  const range = side === 'left' ? '-60 85' : '-85 60';
  const point = (x: number, y: number, z: number): string => `${x} ${y} ${z}`;
  return `<body name="${side}_upper_arm" pos="0 ${0.17 * out} 0.06">
${hinge(`${side}_shoulder1`, `2 ${-out} 1`, range, 0.0068, { stiffness: 1 })}
${hinge(`${side}_shoulder2`, `0 ${out} 1`, range, 0.0051, { stiffness: 1 })}
${capsule(`${side} upper arm`, 0.04, '0 0 0', point(0.16, 0.16 * out, -0.16))}
<body name="${side}_lower_arm" pos="${point(0.18, 0.18 * out, -0.18)}">
${hinge(`${side}_elbow`, `0 -1 ${-out}`, '-90 50', 0.0028)}
${capsule(`${side} lower arm`, 0.031, point(0.01, -0.01 * out, 0.01), point(0.17, -0.17 * out, 0.17))}
<geom name="${side} hand" type="sphere" size="0.04" pos="${point(0.18, -0.18 * out, 0.18)}"/>
</body>
</body>`;
}

function tendonXml(side: 'right' | 'left'): string {
  return `<fixed name="${side}_hipknee"><joint joint="${side}_hip_y" coef="-1"/><joint joint="${side}_knee" coef="1"/></fixed>`;
}

/** The model as MJCF. Order of bodies, joints and shapes is that of Gymnasium's files: it fixes the order of every number. */
export function humanoidXml(name: keyof typeof postures): string {
  const posture = postures[name];
  const turned = 'quat="1 0 -0.002 0"';
  const waist = { at: '0 0 0.065', damping: 5 };
  return `<mujoco model="humanoid, ${name}">
<compiler angle="degree" inertiafromgeom="true"/>
<option integrator="RK4" iterations="50" solver="PGS" timestep="0.003"/>
<size memory="1M"/>
<default>
<joint armature="1" damping="1" limited="true"/>
<geom conaffinity="1" condim="1" contype="1" margin="0.001"/>
<motor ctrllimited="true" ctrlrange="-0.4 0.4"/>
</default>
<worldbody>
<geom name="floor" type="plane" size="20 20 0.125" condim="3" friction="1 0.1 0.1"/>
<body name="torso" pos="0 0 ${posture.torsoHeight}">
<joint name="root" type="free" armature="0" damping="0" limited="false"/>
${capsule('chest', 0.07, '0 -0.07 0', '0 0.07 0')}
<geom name="head" type="sphere" size="0.09" pos="${posture.head}"/>
${capsule('upper waist', 0.06, ...posture.upperWaist)}
<body name="lwaist" pos="${posture.lowerWaist}" ${turned}>
${capsule('lower waist', 0.06, '0 -0.06 0', '0 0.06 0')}
${hinge('abdomen_z', '0 0 1', '-45 45', 0.02, { ...waist, stiffness: 20 })}
${hinge('abdomen_y', '0 1 0', '-75 30', 0.02, { ...waist, stiffness: 10 })}
<body name="pelvis" pos="${posture.pelvis}" ${turned}>
${hinge('abdomen_x', '1 0 0', '-35 35', 0.02, { at: '0 0 0.1', damping: 5, stiffness: 10 })}
${capsule('pelvis', 0.09, '-0.02 -0.07 0', '-0.02 0.07 0')}
${legXml('right', -1, posture)}
${legXml('left', 1, posture)}
</body>
</body>
${armXml('right', -1)}
${armXml('left', 1)}
</body>
</worldbody>
<tendon>
${tendonXml('left')}
${tendonXml('right')}
</tendon>
<actuator>
${humanoidMotors.map(([joint, gear]) => `<motor name="${joint}" joint="${joint}" gear="${gear}"/>`).join('\n')}
</actuator>
</mujoco>`;
}
