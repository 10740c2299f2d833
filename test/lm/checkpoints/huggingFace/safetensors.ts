/** Safetensors files as text and bytes, to be broken. */

/** A file of the given header and data. */
export function frame(header: string, data: Uint8Array): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

/** The fields of a tensor in a header. */
export interface HeaderField {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}
type Header = Record<string, HeaderField>;

/** The header and the data of a file; its metadata is left out. */
export function unframe(bytes: Uint8Array): { header: Header; data: Uint8Array } {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const { __metadata__: _, ...header } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  return { header, data: bytes.slice(8 + length) };
}

/** A file with another header. */
export function editHeader(bytes: Uint8Array, edit: (header: Header) => void): Uint8Array {
  const { header, data } = unframe(bytes);
  edit(header);
  return frame(JSON.stringify(header), data);
}

/** A file with one more tensor behind the others. */
export function addTensor(bytes: Uint8Array, name: string, dtype: string, shape: number[], added: Uint8Array): Uint8Array {
  const { header, data } = unframe(bytes);
  const joined = new Uint8Array(data.length + added.length);
  joined.set(data);
  joined.set(added, data.length);
  header[name] = { dtype, shape, data_offsets: [data.length, joined.length] };
  return frame(JSON.stringify(header), joined);
}

/** A file without a tensor. */
export function dropTensor(bytes: Uint8Array, name: string): Uint8Array {
  const { header, data } = unframe(bytes);
  const [begin, end] = header[name]!.data_offsets;
  delete header[name];
  for (const field of Object.values(header)) {
    if (field.data_offsets[0] >= end) field.data_offsets = [field.data_offsets[0] - (end - begin), field.data_offsets[1] - (end - begin)];
  }
  return frame(JSON.stringify(header), Uint8Array.from([...data.subarray(0, begin), ...data.subarray(end)]));
}

/** The bytes of a tensor. */
export function tensorBytes(bytes: Uint8Array, name: string): Uint8Array {
  const { header, data } = unframe(bytes);
  return data.slice(...header[name]!.data_offsets);
}
