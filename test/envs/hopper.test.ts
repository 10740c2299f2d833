import { hopper } from '../../src/envs/index.ts';
import fixture from '../fixtures/environments/mujoco-hopper.json' with { type: 'json' };
import { describeParity } from './mujocoParity.ts';

describeParity(fixture, hopper());
