import { halfCheetah } from '../../src/envs/index.ts';
import fixture from '../fixtures/environments/mujoco-halfcheetah.json' with { type: 'json' };
import { describeParity } from './mujocoParity.ts';

describeParity(fixture, halfCheetah());
