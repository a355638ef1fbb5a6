import { connect, type Socket } from 'node:net';

/** An answer as received. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/**
 * Sends requests back to back over one connection, and pairs them with their answers. Where an answer closes the
 * connection, as a refusal of an unread body does, the rest is sent over another.
 */
export async function pipeline(port: number, requests: readonly Buffer[]): Promise<RawAnswer[]> {
  const answers: RawAnswer[] = [];
  while (answers.length < requests.length) {
    const before = answers.length;
    await sendUntilClosed(port, requests.slice(answers.length), answers);
    if (answers.length === before)
      throw new Error(`no answer to ${requests[before]!.toString('latin1').slice(0, 500)}`);
  }
  return answers;
}

function sendUntilClosed(port: number, requests: readonly Buffer[], answers: RawAnswer[]): Promise<void> {
  const wanted = answers.length + requests.length;
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1');
    let bytes = Buffer.alloc(0);
    socket.on('data', (part) => {
      bytes = Buffer.concat([bytes, part]);
      for (let end = bytes.indexOf('\r\n\r\n'); end !== -1; end = bytes.indexOf('\r\n\r\n')) {
        const head = bytes.subarray(0, end).toString('latin1');
        const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
        if (bytes.length < end + 4 + length) return;
        const body = bytes.subarray(end + 4, end + 4 + length).toString();
        answers.push({ status: Number(head.slice(9, 12)), head, body });
        bytes = bytes.subarray(end + 4 + length);
        if (answers.length === wanted || /^connection: close$/im.test(head)) socket.destroy();
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.write(Buffer.concat(requests));
  });
}
