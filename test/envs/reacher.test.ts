import { reacher } from '../../src/envs/index.ts';
import fixture from '../fixtures/environments/mujoco-reacher.json' with { type: 'json' };
import { describeParity } from './mujocoParity.ts';

describeParity(fixture, reacher());
