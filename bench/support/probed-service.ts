import { once } from 'node:events';
import { type ServerProcess, serviceCommand, startCommand } from './server.js';

/** Memory of a process after garbage collection. */
export interface MemoryUse {
  /** V8's heap and the memory that it refers to outside. */
  readonly usedBytes: number;
  readonly rssBytes: number;
}

/** The service with a probe inside its process. */
export interface ProbedService extends ServerProcess {
  memoryUse(): Promise<MemoryUse>;
  /** Starts a new measurement of event loop stalls. */
  resetStalls(): Promise<void>;
  /** The longest time since the reset that the event loop was blocked. */
  longestStallMs(): Promise<number>;
}

/** Starts the service on core 0, with a probe inside its process. */
export async function startProbedService(port: number, environment: Record<string, string>): Promise<ProbedService> {
  const probe = new URL('../probes/inside-service.mjs', import.meta.url).pathname;
  const command = serviceCommand(['--import', probe]);
  const server = await startCommand({ command, port, environment: { LOG_LEVEL: 'warn', ...environment }, ipc: true });
  const ask = async <T>(question: string): Promise<T> => {
    const answered = once(server.process, 'message');
    server.process.send(question);
    return (await answered)[0] as T;
  };
  return {
    ...server,
    memoryUse: () => ask<MemoryUse>('memory'),
    resetStalls: () => ask('reset stalls'),
    longestStallMs: async () => (await ask<{ stallMs: number }>('longest stall')).stallMs,
  };
}
