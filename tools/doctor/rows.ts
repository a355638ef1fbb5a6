import type { Check, Finding, NetworkProblem, Unchecked } from './findings.js';

export type State = 'ok' | 'warning' | 'problem' | 'not checked';

/** One line of the table. */
export interface Row {
  readonly check: Check;
  readonly state: State;
  readonly text: string;
  /** What to do. */
  readonly remedy?: string;
}

type Words = Omit<Row, 'check'>;
type Finder = { readonly [Kind in Finding['kind']]: (finding: Extract<Finding, { kind: Kind }>) => Words };

const ok = (text: string): Words => ({ state: 'ok', text });
const warning = (text: string, remedy: string): Words => ({ state: 'warning', text, remedy });
const problem = (text: string, remedy: string): Words => ({ state: 'problem', text, remedy });
/** Rounded up, so that nothing takes no time. */
const seconds = (ms: number) => `${(Math.ceil(ms / 100) / 10).toFixed(1)} s`;
const milliseconds = (ms: number) => `${Math.round(ms)} ms`;

const REASONS: Readonly<Record<Unchecked, readonly [text: string, remedy: string]>> = {
  'no answer': ['the address does not answer', 'See the first line.'],
  'no right to watch': [
    'it needs the right to watch the whole site',
    'Set WATCH_SECRET to the secret of the service, or add --token.',
  ],
  'token refused': ['the service refuses the token', 'Compare it with WATCH_SECRET of the service.'],
  'visitor tokens': [
    'heartbeats need the token of a visitor (HIT_SECRET)',
    'Watch the dashboard while a visitor comes.',
  ],
  limited: ['a limit of the service refuses the heartbeat', 'Raise the limit that is reached, or try again later.'],
  'no origin': ['pages of other sites are refused', 'Add --origin with the origin of your pages.'],
  'several instances': ['several instances answer, each with its own count', 'See the line about instances.'],
};

const PROBLEMS: Readonly<Record<NetworkProblem, readonly [text: string, remedy: string]>> = {
  'unknown host': ['the name is unknown', 'Check the spelling of the address, and the DNS record of your domain.'],
  refused: ['the connection is refused', 'Check that the service runs, and the port.'],
  certificate: ['the certificate is not valid for this address', 'Renew it, or wait until the platform has issued it.'],
  timeout: ['no answer in time', 'Look at the log of the service, and at firewalls in between.'],
  'cut off': ['the connection is cut off', 'Look at the log of the service and of the proxies in front of it.'],
};

const WORDS: Finder = {
  answers: ({ ms }) => ok(`answers after ${milliseconds(ms)}`),
  stranger: ({ status }) =>
    problem(`answers ${status}, but not as this service does`, 'Check the address, and where the proxy leads.'),

  ready: () => ok('/health, /healthz and /readyz answer'),
  'healthz shadowed': ({ byGoogle }) =>
    byGoogle
      ? ok("/health answers; Google's front end answers /healthz itself, but lets the probes through")
      : warning('/healthz does not reach the service', 'Ask /health or /readyz, or let the proxy pass /healthz on.'),
  'not ready': ({ status }) =>
    problem(`/readyz answers ${status}`, 'Look at the log. Let the proxy pass /readyz on to the service.'),

  'events flow': ({ firstMs, count }) =>
    ok(`first event after ${milliseconds(firstMs)}, ${count} events as they are made`),
  'events held': ({ heldMs }) =>
    problem(
      `events are held for ${seconds(heldMs)} or longer`,
      'Switch off buffering and compression of /sse/ in the proxy (nginx: proxy_buffering off; gzip off), and what scans answers.',
    ),

  'gzip passed': () => ok('streams are compressed'),
  'gzip lost': ({ filesToo }) =>
    filesToo
      ? warning('nothing is compressed', 'Let the proxy pass the header Accept-Encoding on to the service.')
      : warning('streams are not compressed', 'Set STREAM_GZIP to on; or a proxy decompresses them.'),

  'changes arrive': ({ changeMs, answerMs, isSlow }) => {
    const text = `${milliseconds(changeMs)} from heartbeat to event; the heartbeat is answered after ${milliseconds(answerMs)}`;
    return isSlow
      ? warning(text, 'Look at CHANGE_INTERVAL_MS, at the CPU of the service, and at buffering in proxies.')
      : ok(text);
  },
  'changes lost': () =>
    problem(
      'a heartbeat caused no event',
      'It reaches another instance than the stream: see the line about instances.',
    ),

  'closes noticed': ({ ms }) => ok(`noticed within ${seconds(ms)}`),
  'closes hidden': ({ ms }) =>
    warning(
      `streams that are closed still count after ${seconds(ms)}`,
      'Cloud Run hides it over HTTP/1.1. The service copes: such streams end first. Keep MAX_STREAMS well above your watchers.',
    ),

  'one instance': ({ connections }) => ok(`${connections} connections reach the same process`),
  'instances share': ({ count }) => ok(`${count} processes share presence through Redis`),
  'instances apart': ({ count }) =>
    problem(
      `${count} processes answer, each with its own visitors`,
      'During a deployment, try again in a minute. Otherwise deploy with --max=1, or share presence through REDIS_URL.',
    ),

  'handover open': ({ peer, isGuarded }) => {
    const guard = isGuarded ? 'guarded by a secret' : 'open';
    if (peer === 'unset') return warning('a new process starts empty', 'Set PEER_URL to the address of the service.');
    const known = peer === 'set' ? '' : '; whether PEER_URL is set is not known without the right to watch';
    return ok(`a new process can take over the visitors (${guard})${known}`);
  },
  'handover blocked': ({ status }) =>
    problem(
      `/v1/handover answers ${status}`,
      'Let the proxy pass /v1/handover on, or set PEER_URL to an address without it.',
    ),
  'handover by Redis': () => ok('a new process reads the visitors from Redis'),

  'origin allowed': ({ origin }) => ok(`pages of ${origin} may call, and pages of other sites may not`),
  'origin refused': ({ origin, status }) =>
    problem(`pages of ${origin} may not call (${status})`, 'Add exactly this origin to CORS_ALLOW_ORIGIN.'),
  'any origin allowed': () =>
    warning('pages of every site may call', 'Set CORS_ALLOW_ORIGIN to the origins of your pages.'),
  'origin removed': () =>
    problem('the origin of pages does not reach the service', 'Let the proxy pass the header Origin on.'),

  'clocks agree': () => ok('the clocks of the service and of this computer agree'),
  'clocks differ': ({ seconds }) =>
    warning(
      `the clock of the service is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} this computer's`,
      'Set the clock that is wrong. Statuses stay right; times that pages show are those of the service.',
    ),

  'not checked': ({ reason }) => {
    const [text, remedy] = REASONS[reason];
    return { state: 'not checked', text, remedy };
  },
  failed: (finding) => problem(...PROBLEMS[finding.problem]),
  unexpected: ({ status }) =>
    problem(`answered ${status}`, 'Look at the log of the service and of the proxies in front.'),
};

/** The line of the table for a finding. */
export function rowOf(check: Check, finding: Finding): Row {
  // Of each kind there is one function, for exactly this kind.
  const words = WORDS[finding.kind] as (finding: Finding) => Words;
  return { check, ...words(finding) };
}
