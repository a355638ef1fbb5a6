import { runClosedLoopLoad } from './closed-loop-load.js';
import { cpuMs } from './cpu.js';
import type { ServerProcess } from './server.js';

/** How many heartbeats a server takes, and what one costs it. */
export interface HeartbeatRate {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

const WARM_UP_SECONDS = 4;

/** Starts a server, sends it the heartbeats in turn, as fast as they are answered, and stops it. */
export async function measureHeartbeats(
  start: () => Promise<ServerProcess>,
  bodies: readonly string[],
  seconds: number,
): Promise<HeartbeatRate> {
  const server = await start();
  try {
    // Leaves out compiling, on the same core, and the first verification of each signature.
    await runClosedLoopLoad(server.url, bodies, WARM_UP_SECONDS);
    const beforeMs = cpuMs(server.process.pid!);
    const { requestsPerSecond, failed } = await runClosedLoopLoad(server.url, bodies, seconds);
    if (failed > 0) throw new Error(`${failed} heartbeats failed`);
    const cpuMicroseconds = ((cpuMs(server.process.pid!) - beforeMs) * 1000) / (requestsPerSecond * seconds);
    return { perSecond: requestsPerSecond, cpuMicroseconds };
  } finally {
    await server.stop();
  }
}
