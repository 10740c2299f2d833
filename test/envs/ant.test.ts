import { ant } from '../../src/envs/index.ts';
import fixture from '../fixtures/environments/mujoco-ant.json' with { type: 'json' };
import { describeSpatialParity } from './spatialParity.ts';

describeSpatialParity(fixture, ant());
