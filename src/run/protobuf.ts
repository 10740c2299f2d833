/**
 * Messages of protocol buffers, as far as event files need them (protobuf.dev, encoding).
 */

const scratch = new DataView(new ArrayBuffer(8));

/** A message that is being written, field by field. */
export class Message {
  readonly #bytes: number[] = [];

  /** What was written so far. */
  bytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }

  /** A whole number of at least 0. */
  whole(field: number, value: number): this {
    this.#bytes.push(field << 3);
    return this.#varint(value);
  }

  double(field: number, value: number): this {
    scratch.setFloat64(0, value, true);
    this.#bytes.push((field << 3) | 1, ...new Uint8Array(scratch.buffer));
    return this;
  }

  float(field: number, value: number): this {
    scratch.setFloat32(0, value, true);
    this.#bytes.push((field << 3) | 5, ...new Uint8Array(scratch.buffer, 0, 4));
    return this;
  }

  text(field: number, value: string): this {
    return this.#delimited(field, new TextEncoder().encode(value));
  }

  /** A message in a message, as it is now. */
  message(field: number, value: Message): this {
    return this.#delimited(field, value.#bytes);
  }

  #delimited(field: number, value: ArrayLike<number>): this {
    this.#bytes.push((field << 3) | 2);
    this.#varint(value.length);
    for (let index = 0; index < value.length; index++) this.#bytes.push(value[index]!);
    return this;
  }

  // By division, because steps may pass 2^32.
  #varint(value: number): this {
    let rest = value;
    while (rest >= 128) {
      this.#bytes.push((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.#bytes.push(rest);
    return this;
  }
}
