/**
 * The tables of NumPy's ziggurats (256 layers, Marsaglia and Tsang 2000), computed when the first deviate is drawn: a page loads a tenth of what they
 * would weigh. Formulas do not give NumPy's last bits by themselves (they were computed elsewhere, see NOTICE), so each number is moved by the few units in
 * the last place that are written down here. `test/random/ziggurat.test.ts` holds every bit to the tables of a running NumPy.
 */
import { exp, log } from '../math/index.ts';

/** One ziggurat; layer 0 is the lowest, with the tail. */
export interface Ziggurat {
  /** Start of the tail: the right edge of the lowest layer. */
  readonly tailStart: number;
  /** Mantissas below this, by layer, lie inside the layer above. */
  readonly limits: Float64Array;
  /** Width of each layer per unit of the mantissa. */
  readonly widths: Float64Array;
  /** Density at the edge of each layer. */
  readonly densities: Float64Array;
}

interface Recipe {
  readonly tailStart: number;
  /** Area of a layer. */
  readonly area: number;
  /** Width that the lowest layer would have as a rectangle of that area. */
  readonly lowest: number;
  /** The mantissa is below this. */
  readonly scale: number;
  readonly density: (x: number) => number;
  readonly inverse: (y: number) => number;
  /** Units in the last place to move edges and densities by, and what to add to limits: one letter per layer, `m` for 0. */
  readonly moves: { readonly edges: string; readonly densities: string; readonly limits: string };
}

const layers = 256;
const double = new Float64Array(1);
const word = new BigInt64Array(double.buffer);

/** The number of units that a letter stands for. */
const unitsAt = (letters: string, layer: number): number => letters.charCodeAt(layer) - 109;

/** A double, moved by units in its last place. */
function moved(x: number, units: number): number {
  double[0] = x;
  word[0]! += BigInt(units);
  return double[0]!;
}

function build({ tailStart, area, lowest, scale, density, inverse, moves }: Recipe): Ziggurat {
  const edges = new Float64Array(layers);
  const densities = new Float64Array(layers);
  const limits = new Float64Array(layers);
  edges[layers - 1] = tailStart;
  for (let i = layers - 1; i >= 1; i--) {
    if (i < layers - 1) edges[i] = moved(inverse(area / edges[i + 1]! + densities[i + 1]!), unitsAt(moves.edges, i));
    densities[i] = moved(density(edges[i]!), unitsAt(moves.densities, i));
  }
  edges[0] = lowest;
  densities[0] = 1;
  for (let i = 0; i < layers; i++) {
    // Nothing of the uppermost layer, 1, lies inside one above.
    if (i !== 1) limits[i] = Math.floor((edges[i === 0 ? layers - 1 : i - 1]! / edges[i]!) * scale) + unitsAt(moves.limits, i);
  }
  return { tailStart, limits, densities, widths: edges.map((edge) => edge / scale) };
}

let normal: Ziggurat | undefined;
let exponential: Ziggurat | undefined;

/** 1 / the start of the normal tail, as NumPy writes it (`ziggurat_nor_inv_r`). */
export const normalInverseTailStart = 0.27366123732975828;

/** The ziggurat of the normal distribution, with density `exp(-x^2 / 2)` for x >= 0; its mantissas have 52 bits. */
export function normalZiggurat(): Ziggurat {
  normal ??= build({
    tailStart: 3.6541528853610088,
    area: 0.004928673233974652,
    lowest: 3.910757959524912,
    scale: 2 ** 52,
    density: (x) => exp(-0.5 * x * x),
    inverse: (y) => Math.sqrt(-2 * log(y)),
    moves: {
      edges: 'm'.repeat(layers),
      densities:
        'mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmnmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm' +
        'mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm',
      limits:
        'mmmmmnmnnnnnmmnmmnmmmnmnmmmmmmmnmmmnmmmmmnmmmmmmmmmnmmnmmnmnmmmmmmmmmnmmnmnmmmmmmmmmmmnnmnmmnnnmmmmmnmmnmmmmmmnmmmmmmmmmmmmmnmmm' +
        'nmmmmmnmnmmnmmnnmmmmmnnmnmnmmnnmmmnmmnnnnmnmmmmmmnnmmmmmmmmmmmmnmnnmmmmmmnmmnmmmmmmmmmmnmmmmmnmnmmmmmmnnmmnmmmmmmnmmmmnmmmmnnnmm',
    },
  });
  return normal;
}

/** The ziggurat of the exponential distribution, with density `exp(-x)`; its mantissas have 53 bits. */
export function exponentialZiggurat(): Ziggurat {
  exponential ??= build({
    tailStart: 7.69711747013105,
    area: 0.00394965982258155,
    lowest: 8.69711747013105,
    scale: 2 ** 53,
    density: (x) => exp(-x),
    inverse: (y) => -log(y),
    moves: {
      edges:
        'mohklmhklkmlmkmmmlnommnklmmmmllllnmlmmnnnmmlmmmmmmmmllmlllmmmmmknllmmmmnmmmmnmmmnmmlnmmmmmmlmnnmmmmmnmmlmmlmmmmmmmmmmmmmmmmnlmmm' +
        'mmmmmlmmmmmnmmmllmmmmmmmmmmmmmmlmmmmmmmmmmmmmmmlmmllllnmmmmmmmmmmlmmlmlmmmmmmmlmmlmlmmmmmmmmlmmmmmmmmmmmmmmmmmmmlmmmmmmmmlmmlllm',
      densities:
        'mmmmmmmmmmmmmmmmmmlnmmmmmmmmmmlmmmmmmmmmmmmlmmmmmmmmmlmllmmmmmmmmmlmmmmnmmmlmmnmmnmmmmnmnmlmmmnnmmlmnmmlmlllnnmmmmnnmmmmmmmmmlnm' +
        'mlmmmlmnmmmnmmmmlmmmnmnmmlnmlmkkllllonkmlnnmmlnlnmkllknmmllmmlnmllnnkmkmnnnnmllnnlnlmnmmnlmlmllnllllmmnnmooomjmoklllololnkmnklop',
      limits:
        'jmkmlmkklklkkmmlllkmlllklllmllkmllmkllnklkmlmllllllllllllmmkllkllkklllkmlljkmlllkljlnjmkmlklmmmmlllllmkjmlkkmkllkmllkkllllmllkmk' +
        'mlklkllmkmmlllmllmkllklmlkmlklklmllkmkklmmllkklkmklmmlmlkkmllkmjmknmkljmmklkmkmmmklllkklmjljllmllmlklllljmlmkklmklklmllknklmkllm',
    },
  });
  return exponential;
}
