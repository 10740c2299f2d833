import { humanoid } from '../../src/envs/index.ts';
import fixture from '../fixtures/environments/mujoco-humanoid.json' with { type: 'json' };
import { describeSpatialParity } from './spatialParity.ts';

describeSpatialParity(fixture, humanoid());
