import { humanoidStandup } from '../../src/envs/index.ts';
import fixture from '../fixtures/environments/mujoco-humanoidstandup.json' with { type: 'json' };
import { describeSpatialParity } from './spatialParity.ts';

describeSpatialParity(fixture, humanoidStandup());
