/** States by row. */
import { describe, expect, it } from 'vitest';
import { generatorWords, placeRows, stateRows, takeRow } from '../../src/core/stateRows.ts';

const state = {
  cells: Int32Array.of(7, 8, 9),
  places: Float64Array.of(1, 2, 3, 4, 5, 6),
  started: Uint8Array.of(1),
  'normalizeObservation/mean': Float64Array.of(10, 20, 30),
  generators: Uint32Array.of(0, 0, 1, 1, 2, 2),
};

describe('the state of environments by row', () => {
  it('puts rows where they are asked for, all of them copies, and leaves what is of the whole', () => {
    const last = takeRow(state, 3, 2);
    expect(last).toEqual({ cells: Int32Array.of(9), places: Float64Array.of(5, 6), generators: Uint32Array.of(2, 2) });
    const arranged = placeRows(state, 3, [last, last]);
    expect(arranged).toEqual({
      ...state,
      cells: Int32Array.of(9, 9, 9),
      places: Float64Array.of(5, 6, 5, 6, 5, 6),
      generators: Uint32Array.of(2, 2, 2, 2, 2, 2),
    });
    for (const [name, array] of Object.entries(arranged)) expect(array.buffer, name).not.toBe(state[name as keyof typeof state].buffer);
    // Rows of another moment, too.
    expect(placeRows({ ...state, cells: Int32Array.of(1, 2, 3) }, 3, [last, takeRow(state, 3, 0)]).cells).toEqual(Int32Array.of(9, 7, 3));
  });

  it('knows arrays of single environments by their prefix, of any length each', () => {
    const lifted = {
      started: Uint8Array.of(1),
      'env0/path': Int32Array.of(1, 2),
      'env1/path': Int32Array.of(3),
      'env1/mean': Int32Array.of(4),
    };
    expect(placeRows(lifted, 2, [takeRow(lifted, 2, 1)])).toEqual({
      started: Uint8Array.of(1),
      'env0/path': Int32Array.of(3),
      'env0/mean': Int32Array.of(4),
      'env1/path': Int32Array.of(3),
      'env1/mean': Int32Array.of(4),
    });
    expect(stateRows(lifted, 2, 1, 2)).toEqual({ started: Uint8Array.of(1), 'env0/path': Int32Array.of(3), 'env0/mean': Int32Array.of(4) });
  });

  it('finds the generator of an environment', () => {
    expect(generatorWords(state, 3, 1)).toEqual(Uint32Array.of(1, 1));
    expect(generatorWords({ 'env1/generator': Uint32Array.of(5, 6) }, 2, 1)).toEqual(Uint32Array.of(5, 6));
    expect(generatorWords({ cells: state.cells }, 3, 1)).toBeUndefined();
  });
});
