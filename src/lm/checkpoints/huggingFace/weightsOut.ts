/**
 * Safetensors files as transformers and peft read them, one tensor in memory at a time.
 */
import { failure, mistake, show } from '../../../core/errors.ts';
import { longestHeader, metadataName } from '../../../run/safetensors.ts';
import type { OutputFile } from '../outputFile.ts';
import { dtypeBytes, firstNotFinite, type WeightDtype } from './dtypes.ts';

/** A tensor to be written. */
export interface WeightOut {
  readonly name: string;
  readonly dtype: WeightDtype;
  readonly shape: readonly number[];
  /** Its bytes, little-endian and row-major. */
  bytes(): Promise<Uint8Array>;
}

/** The bytes of numbers as float32; not a copy. Throws `CohortError` that names the tensor for one that is not finite. */
export function floatBytes(name: string, floats: Float32Array): Uint8Array {
  const wrong = firstNotFinite(floats);
  if (wrong >= 0) throw failure(`tensor ${name}`, 'finite numbers', `${floats[wrong]} at index ${wrong}`, 'export an earlier checkpoint');
  return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
}

/**
 * A file of tensors: those of 4 bytes a number before those of 2, each kind by name, as the safetensors library orders them. The metadata
 * says `format: pt`, without which transformers 4 refuses it. `pieces` throws `CohortError` for a tensor whose bytes are not as many as its
 * shape says.
 */
export function weightsFile(name: string, tensors: readonly WeightOut[]): OutputFile {
  const ordered = [...tensors].sort((x, y) => dtypeBytes(y.dtype) - dtypeBytes(x.dtype) || (x.name < y.name ? -1 : 1));
  const sizes = ordered.map(({ dtype, shape }) => dtypeBytes(dtype) * shape.reduce((product, length) => product * length, 1));
  const fields = [`"${metadataName}":{"format":"pt"}`];
  let position = 0;
  ordered.forEach((tensor, i) => {
    if (tensor.name === ordered[i - 1]?.name) {
      throw mistake(`${name}, tensor ${show(tensor.name)}`, 'every name once', 'two of that name', 'give each tensor a name of its own');
    }
    const field = { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [position, position + sizes[i]!] };
    fields.push(`${JSON.stringify(tensor.name)}:${JSON.stringify(field)}`);
    position += sizes[i]!;
  });
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  // The data begins at a multiple of 8, so that readers may map it.
  const header = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  if (header.length > longestHeader) {
    throw failure(name, `a header of at most ${longestHeader} bytes`, `${header.length}`, 'write fewer tensors');
  }
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  header.set(json, 8);
  return {
    name,
    size: header.length + position,
    async *pieces() {
      yield header;
      for (const [i, tensor] of ordered.entries()) {
        const bytes = await tensor.bytes();
        if (bytes.length !== sizes[i]) {
          throw failure(
            `${name}, tensor ${show(tensor.name)}`,
            `${sizes[i]} bytes`,
            `${bytes.length}`,
            'give as many numbers as the shape says',
          );
        }
        yield bytes;
      }
    },
  };
}
