import { walker2d } from '../../src/envs/index.ts';
import fixture from '../fixtures/environments/mujoco-walker2d.json' with { type: 'json' };
import older from '../fixtures/environments/mujoco-walker2d-v4.json' with { type: 'json' };
import { describeParity } from './mujocoParity.ts';

describeParity(fixture, walker2d());
describeParity(older, walker2d({}, 4));
