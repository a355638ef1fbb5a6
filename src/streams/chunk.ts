const LINE_END = Buffer.from('\r\n');

/** Bytes for many connections, together with what HTTP/1.1's chunked coding puts around them (RFC 9112, 7.1). */
export interface Chunk {
  readonly bytes: Buffer;
  /** The bytes as a chunk: their number in hexadecimal, the bytes, line ends. */
  readonly framed: Buffer;
}

/** Puts pieces together and frames them. There must be some bytes in them: a chunk of none ends the answer. */
export function chunkOf(...pieces: readonly Buffer[]): Chunk {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const head = Buffer.from(`${length.toString(16)}\r\n`);
  const framed = Buffer.concat([head, ...pieces, LINE_END]);
  // The copy, so that the original may go.
  return { bytes: framed.subarray(head.length, head.length + length), framed };
}
