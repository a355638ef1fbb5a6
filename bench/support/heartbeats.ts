import { HeartbeatSocket } from '../clients/heartbeat-socket.js';

const CONNECTIONS = 16;
const PENDING_PER_CONNECTION = 8;
const TIMEOUT_MS = 10_000;

/** A uid of 32 characters, as long as a UUID without its dashes. */
export const uidOf = (index: number): string => `visitor-${String(index).padStart(8, '0')}-0123456789abcde`;

/** The body of a heartbeat. */
export const heartbeatBody = (index: number, lastActivity: number): string =>
  `{"uid":"${uidOf(index)}","last_activity":${lastActivity}}`;

/**
 * Sends one heartbeat for each visitor, as fast as the server answers.
 *
 * @param lastActivity the same for all visitors, in Unix seconds; default: now
 */
export function sendHeartbeatsOnce(
  port: number,
  visitors: number,
  lastActivity = Math.floor(Date.now() / 1000),
): Promise<void> {
  return new Promise((resolve, reject) => {
    let [next, answered] = [0, 0];
    const sockets = Array.from({ length: Math.min(CONNECTIONS, visitors) }, () => {
      const socket = new HeartbeatSocket(port, (_, isOk) => {
        answered++;
        if (!isOk) return finish(new Error('A heartbeat was refused.'));
        if (answered === visitors) return finish();
        timer.refresh();
        if (next < visitors) socket.send(heartbeatBody(next++, lastActivity));
      });
      return socket;
    });
    // Time without any answer. Also detects connections that the server closes early.
    const timer = setTimeout(
      () => finish(new Error(`${visitors - answered} heartbeats were not answered.`)),
      TIMEOUT_MS,
    );
    const finish = (error?: Error) => {
      clearTimeout(timer);
      for (const socket of sockets) socket.close();
      if (error === undefined) resolve();
      else reject(error);
    };
    for (let pending = 0; pending < PENDING_PER_CONNECTION; pending++) {
      for (const socket of sockets) if (next < visitors) socket.send(heartbeatBody(next++, lastActivity));
    }
  });
}
