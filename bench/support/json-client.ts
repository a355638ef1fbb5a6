import { Agent, request } from 'node:http';

const HEADERS = { 'content-type': 'application/json' };

/** Posts JSON over a few connections that it keeps open. */
export class JsonClient {
  readonly #agent: Agent;

  /** @param maxSockets how many connections it opens at most */
  constructor(maxSockets = 16) {
    this.#agent = new Agent({ keepAlive: true, maxSockets });
  }

  /** Resolves with whether the answer is 200; a connection that fails counts as any other answer. */
  post(url: string, body: object): Promise<boolean> {
    return new Promise((resolve) => {
      const outgoing = request(url, { method: 'POST', agent: this.#agent, headers: HEADERS });
      outgoing.on('error', () => resolve(false));
      outgoing.on('response', (response) => {
        response.resume().on('close', () => resolve(response.statusCode === 200));
      });
      outgoing.end(JSON.stringify(body));
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
