/**
 * Where things lie in the memory of the rigid-body core. Read by TypeScript and compiled into the AssemblyScript module, so that both sides
 * agree. All offsets are bytes; a reference is an offset from the beginning of its world, 0 means none.
 */

/** Where the bodies of a world begin; they follow one another in the order of their creation. */
export const bodiesAt = 48;

// Body.
export const bodyBytes = 112;
/** Position of the body's origin, two float32. */
export const bodyPosition = 0;
/** Sine and cosine of the angle, two float32. */
export const bodyRotation = 8;
/** Center of mass in the body's frame, two float32. */
export const bodyLocalCenter = 16;
/** Center of mass and angle at the beginning of the step, three float32. */
export const bodyStart = 24;
/** Center of mass in the world, two float32. */
export const bodyCenter = 36;
/** Angle in radians, float32; right after the center. */
export const bodyAngle = 44;
/** Fraction of the step at which `bodyStart` stands, float32. */
export const bodyStartFraction = 48;
/** Linear velocity, two float32. */
export const bodyVelocity = 52;
/** Angular velocity, float32; right after the linear one. */
export const bodySpin = 60;
/** Force, two float32. */
export const bodyForce = 64;
/** Torque, float32; right after the force. */
export const bodyTorque = 72;
export const bodyMass = 76;
export const bodyInverseMass = 80;
export const bodyInverseInertia = 84;
/** Seconds at rest, float32. */
export const bodyRest = 88;
/** Bits: `bodyIsDynamic`, `bodyIsAwake`, `bodyIsVisited`. */
export const bodyFlags = 92;
/** Newest fixture, joint link, contact link. */
export const bodyFixtures = 96;
export const bodyJoints = 100;
export const bodyContacts = 104;
/** Place in the island that is being solved. */
export const bodyPlace = 108;

export const bodyIsDynamic = 1;
export const bodyIsAwake = 2;
export const bodyIsVisited = 4;

// Events of a call, those of one world in the order in which they happened: four 32-bit words, the kind, the references of the two bodies,
// the address of the world.
export const eventBytes = 16;
/** Most events that one call can report. */
export const maxEvents = 1024;
export const eventBegin = 1;
export const eventEnd = 2;

/** Most corners of a polygon. */
export const maxCorners = 16;
