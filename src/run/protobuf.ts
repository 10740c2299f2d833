/**
 * Messages of protocol buffers, as far as event files and sinks need them (protobuf.dev, encoding).
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
    return this.#tag(field, 0).#varint(value);
  }

  double(field: number, value: number): this {
    scratch.setFloat64(0, value, true);
    this.#tag(field, 1).#bytes.push(...new Uint8Array(scratch.buffer));
    return this;
  }

  float(field: number, value: number): this {
    scratch.setFloat32(0, value, true);
    this.#tag(field, 5).#bytes.push(...new Uint8Array(scratch.buffer, 0, 4));
    return this;
  }

  text(field: number, value: string): this {
    return this.#delimited(field, new TextEncoder().encode(value));
  }

  /** Bytes as they are. */
  data(field: number, value: Uint8Array): this {
    return this.#delimited(field, value);
  }

  /** A message in a message, as it is now. */
  message(field: number, value: Message): this {
    return this.#delimited(field, value.#bytes);
  }

  #delimited(field: number, value: ArrayLike<number>): this {
    this.#tag(field, 2).#varint(value.length);
    for (let index = 0; index < value.length; index++) this.#bytes.push(value[index]!);
    return this;
  }

  #tag(field: number, wireType: number): this {
    return this.#varint(field * 8 + wireType);
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
