/** The same for the environments that MuJoCo simulates: a file of its own, for pages without them. */
import { mujocoSpecs } from '../envs/mujoco/specs.ts';
import { serveEnvironments } from './serveEnvironments.ts';

serveEnvironments(mujocoSpecs);
