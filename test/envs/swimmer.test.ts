import { swimmer } from '../../src/envs/index.ts';
import fixture from '../fixtures/environments/mujoco-swimmer.json' with { type: 'json' };
import { describeParity } from './mujocoParity.ts';

describeParity(fixture, swimmer());
