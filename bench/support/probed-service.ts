import { once } from 'node:events';
import { type ServerProcess, serviceCommand, startCommand } from './server.js';

/** What a process uses after its garbage is collected. */
export interface Usage {
  /** JavaScript's heap, and what it holds outside. */
  readonly usedBytes: number;
  readonly rssBytes: number;
}

/** The service, with a probe inside that is asked about it. */
export interface ProbedService extends ServerProcess {
  usage(): Promise<Usage>;
  /** Lets the longest stall be that from now on. */
  forgetStalls(): Promise<void>;
  /** For how long the event loop stood still at most. */
  longestStallMs(): Promise<number>;
}

/** Starts the service with a probe inside, on core 0. */
export async function startProbed(
  port: number,
  environment: Record<string, string>,
  nodeArguments: readonly string[] = [],
): Promise<ProbedService> {
  const probe = new URL('../probes/inside-service.mjs', import.meta.url).pathname;
  const command = serviceCommand(['--import', probe, ...nodeArguments]);
  const server = await startCommand({ command, port, environment: { LOG_LEVEL: 'warn', ...environment }, ipc: true });
  const ask = async <T>(question: string): Promise<T> => {
    const answered = once(server.process, 'message');
    server.process.send(question);
    return (await answered)[0] as T;
  };
  return {
    ...server,
    usage: () => ask<Usage>('memory'),
    forgetStalls: () => ask('forget stalls'),
    longestStallMs: async () => (await ask<{ stallMs: number }>('longest stall')).stallMs,
  };
}
