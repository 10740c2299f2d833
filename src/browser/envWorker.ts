/**
 * A thread that steps environments, in a browser. It is built as one file that imports nothing by its name, so that every bundler takes it as it is,
 * also into a script that is no module.
 */
import { box2dSpecs } from '../envs/box2d/specs.ts';
import { serveEnvironments } from './serveEnvironments.ts';

serveEnvironments(box2dSpecs);
