const LINE_END = Buffer.from('\r\n');

/** Bytes for many connections, with and without the framing of HTTP/1.1's chunked coding (RFC 9112, 7.1). */
export interface Chunk {
  readonly bytes: Buffer;
  /** The bytes as one chunk: their number in hexadecimal, the bytes, line ends. */
  readonly framed: Buffer;
}

/** Concatenates and frames pieces. They must not all be empty: an empty chunk ends the answer. */
export function chunkOf(...pieces: readonly Buffer[]): Chunk {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const head = Buffer.from(`${length.toString(16)}\r\n`);
  const framed = Buffer.concat([head, ...pieces, LINE_END]);
  // A view into the copy, so that the originals can be collected.
  return { bytes: framed.subarray(head.length, head.length + length), framed };
}
