import { invertedDoublePendulum } from '../../src/envs/index.ts';
import fixture from '../fixtures/environments/mujoco-inverteddoublependulum.json' with { type: 'json' };
import { describeParity } from './mujocoParity.ts';

// Squares are powers in the original: 1 of 1,000 of them ends in another bit.
describeParity(fixture, invertedDoublePendulum(), 1);
