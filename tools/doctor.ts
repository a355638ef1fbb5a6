/**
 * `npm run doctor`: examines a deployed service from outside, and prints a table with what to do. Exits with 1 when there
 * is a problem.
 *
 *     npm run doctor -- https://SERVICE-ADDRESS --origin https://www.example.com
 *
 * The watch secret, which some checks need, is read from WATCH_SECRET or `--token`.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { examine } from './doctor/examine.js';
import { CHECKS } from './doctor/findings.js';
import { rowOf } from './doctor/rows.js';
import { tableOf } from './doctor/table.js';
import { Target } from './doctor/target.js';

const PATIENCE = { answerMs: 4000, eventMs: 3000, watchMs: 9000, closeMs: 6000, totalMs: 30_000 };

function readCommandLine() {
  const options = { token: { type: 'string' }, origin: { type: 'string' } } as const;
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [address, ...others] = positionals;
    const url = new URL(address ?? '');
    if (others.length === 0 && /^https?:$/.test(url.protocol)) return { url, ...values };
  } catch {
    // The usage below says what is wanted.
  }
  console.error('Usage: npm run doctor -- https://ADDRESS [--origin https://PAGES] [--token SECRET]');
  process.exit(1);
}

const { url, origin, token } = readCommandLine();
// Several secrets may be set, of which each is enough.
const secret = (token ?? process.env.WATCH_SECRET)?.split(',')[0]?.trim();
const findings = await examine(new Target(url, secret || undefined, PATIENCE), {
  origin,
  uid: `presence-doctor-${randomBytes(6).toString('hex')}`,
  wallMs: Date.now,
});
const rows = CHECKS.map((check) => rowOf(check, findings[check]));
console.log(tableOf(rows));
process.exitCode = rows.some(({ state }) => state === 'problem') ? 1 : 0;
