import { BeatSocket } from '../clients/heartbeat-socket.js';

const CONNECTIONS = 16;
const AT_ONCE = 8;

/** Names as long as a UUID without its dashes. */
export const uidOf = (index: number): string => `visitor-${String(index).padStart(8, '0')}-0123456789abcde`;

/** A heartbeat's body. */
export const bodyOf = (index: number, lastActivity: number): string =>
  `{"uid":"${uidOf(index)}","last_activity":${lastActivity}}`;

/**
 * Sends one heartbeat of each visitor, as fast as they are answered.
 *
 * @param lastActivity in Unix seconds; the same for all
 */
export function beatOnce(port: number, visitors: number, lastActivity = Math.floor(Date.now() / 1000)): Promise<void> {
  return new Promise((resolve, reject) => {
    let [next, answered] = [0, 0];
    const sockets = Array.from({ length: Math.min(CONNECTIONS, visitors) }, () => {
      const socket = new BeatSocket(port, (_, isOk) => {
        answered++;
        if (!isOk) finish(new Error('A heartbeat was refused.'));
        else if (answered === visitors) finish();
        else if (next < visitors) socket.send(bodyOf(next++, lastActivity));
      });
      return socket;
    });
    // What closes a connection early is noticed here; answers may be slow, but not that slow.
    const timer = setTimeout(() => finish(new Error(`${visitors - answered} heartbeats were not answered.`)), 60_000);
    const finish = (error?: Error) => {
      clearTimeout(timer);
      for (const socket of sockets) socket.close();
      if (error === undefined) resolve();
      else reject(error);
    };
    for (let round = 0; round < AT_ONCE; round++) {
      for (const socket of sockets) if (next < visitors) socket.send(bodyOf(next++, lastActivity));
    }
  });
}
