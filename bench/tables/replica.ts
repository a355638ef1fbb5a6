import type { HeartbeatKind, ReplicaCost, Subject } from '../probes/measure-replica.js';
import { table } from '../support/markdown.js';
import { judge, type Section } from '../support/report.js';
import { runBundled } from '../support/run-bundled.js';

const VISITORS = [100_000, 1_000_000];
const KINDS: Readonly<Record<HeartbeatKind, string>> = { plain: 'the uid alone', page: 'with a session' };

/** What the shared log costs an instance, part by part. */
export async function benchReplica(): Promise<Section> {
  const rows: string[][] = [];
  const replicas: { readonly bytes: number; readonly microseconds: number }[] = [];
  for (const visitors of VISITORS) {
    for (const kind of Object.keys(KINDS) as HeartbeatKind[]) {
      const measure = (subject: Subject) => runBundled<ReplicaCost>('measure-replica', [subject, kind, visitors]);
      const [alone, replica] = [await measure('presence'), await measure('replica')];
      const [own, outbox] = [await measure('own'), await measure('outbox')];
      const { encode, decode, replica: merge } = replica.microsecondsPerHeartbeat as Record<string, number>;
      const bytes = replica.bytesPerVisitor - alone.bytesPerVisitor;
      replicas.push({ bytes, microseconds: decode! + merge! });
      const label = [visitors.toLocaleString('en'), KINDS[kind]];
      const microseconds = ({ microsecondsPerHeartbeat }: ReplicaCost, part: Subject) =>
        microsecondsPerHeartbeat[part]!.toFixed(2);
      rows.push(
        [...label, 'presence alone, without Redis', alone.bytesPerVisitor.toFixed(0), microseconds(alone, 'presence')],
        [...label, 'replica, of a heartbeat that is received', bytes.toFixed(0), microseconds(replica, 'replica')],
        [...label, 'replica, of a heartbeat of its own', '', microseconds(own, 'own')],
        [...label, 'codec: decode', '', decode!.toFixed(2)],
        [...label, 'codec: encode', '', encode!.toFixed(2)],
        [
          ...label,
          'outbox: add, while Redis is lost',
          outbox.bytesPerVisitor.toFixed(0),
          microseconds(outbox, 'outbox'),
        ],
      );
    }
  }
  const text = `${table(['visitors', 'heartbeats', 'part', 'bytes per visitor', 'CPU per heartbeat, µs'], rows)}

The parts run alone in one process on one core, on a manual clock. Each visitor sends a heartbeat every 30 s, with a uid of 32
characters. Bytes are those of V8's heap and of the memory that it refers to outside, after garbage collection; for the replica
in addition to presence. CPU includes garbage collection, and that of the replica includes that of presence.`;
  const goals = [
    judge(
      'at most 500 bytes per visitor',
      Math.max(...replicas.map(({ bytes }) => bytes)),
      { atMost: 500 },
      { digits: 0 },
    ),
    judge('at most 3 µs to receive a heartbeat', Math.max(...replicas.map((each) => each.microseconds)), { atMost: 3 }),
  ];
  return { title: 'What the shared log costs an instance', text, goals };
}
