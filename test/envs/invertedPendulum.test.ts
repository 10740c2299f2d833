import { invertedPendulum } from '../../src/envs/index.ts';
import fixture from '../fixtures/environments/mujoco-invertedpendulum.json' with { type: 'json' };
import { describeParity } from './mujocoParity.ts';

describeParity(fixture, invertedPendulum());
