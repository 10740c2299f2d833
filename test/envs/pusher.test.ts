import { pusher } from '../../src/envs/index.ts';
import fixture from '../fixtures/environments/mujoco-pusher.json' with { type: 'json' };
import { describeSpatialParity } from './spatialParity.ts';

describeSpatialParity(fixture, pusher());
