const LINE_END = Buffer.from('\r\n');

/** Bytes for many connections, together with what HTTP/1.1's chunked coding puts around them (RFC 9112, 7.1). */
export interface Chunk {
  readonly bytes: Buffer;
  /** The bytes as a chunk: their number in hexadecimal, the bytes, line ends. */
  readonly framed: Buffer;
}

/** Frames bytes. There must be some: a chunk of none ends the answer. */
export function chunkOf(bytes: Buffer): Chunk {
  const head = Buffer.from(`${bytes.length.toString(16)}\r\n`);
  const framed = Buffer.concat([head, bytes, LINE_END]);
  // The copy, so that the original may go.
  return { bytes: framed.subarray(head.length, head.length + bytes.length), framed };
}
