import { CHANGES_PER_VISITOR_MINUTE, ELSEWHERE, type Measured, STREAM_VISITORS } from './measured.js';
import { GOOGLE } from './prices.js';
import { monthlyUsers, VISITS_PER_USER } from './providers.js';
import {
  billTable,
  cheapestBelow,
  count,
  dollars,
  LOG_LINE_BYTES,
  logTable,
  openHoursTable,
  percent,
  priceTable,
  providerTable,
  SHARED_INSTANCES,
} from './tables.js';
import { HEARTBEAT_SECONDS } from './usage.js';

/** Longer times between two readings of the clock are gaps: half a heartbeat interval and a tick. */
const MAX_SILENCE_SECONDS = HEARTBEAT_SECONDS / 2 + 2;
const WIDTH = 120;
/** Not the spaces in the text of a link. */
const BETWEEN_WORDS = /\s+(?![^[\]]*\]\()/;

/** The whole text of docs/cost.md. */
export function costDocument(measured: Measured): string {
  const never = cheapestBelow(0, measured);
  const workday = cheapestBelow(8, measured);
  return wrap(`<!-- Written by \`npm run cost\`. Change the prices in tools/cost/prices.ts, not this file. -->
# Cost

What a month of the service costs on Cloud Run, in US dollars, computed by \`npm run cost\` from
[measured](../bench/results/results.md) CPU, memory and bytes and from the list prices in \`tools/cost/prices.ts\`. Change
the prices or the sites there, and run it again.

- [Which billing](#which-billing) · [The bill](#the-bill) · [Request logs](#request-logs) ·
  [Beside other services](#beside-other-services) · [A service that may sleep](#a-service-that-may-sleep) ·
  [Assumptions](#assumptions) · [Prices](#prices)

## Which billing

Choose instance-based billing (\`--no-cpu-throttling\`, as in [Deployment](deploy.md)) when a dashboard or an element with
\`live\` is open for most of the day: a single open stream keeps the instance billed for its whole time, at a higher price.
Choose request-based billing (\`--cpu-throttling\`) for a small site that is rarely watched: without any open stream it costs
less up to ${count(never)} visitors, and with one open for 8 hours a day up to ${count(workday)}. Where instances share
presence [through Redis](scaling.md), choose instance-based billing at any size, because an instance receives nothing
from the others while it is stopped.

One instance, without elements, by the hours a day for which at least one dashboard is open; the lower price is bold:

${openHoursTable(measured)}

## The bill

Heartbeats every ${HEARTBEAT_SECONDS} s; dashboards are open around the clock. Both billings include CPU, memory, requests and data to the
internet, after the free quotas. *CPU* is the share of one vCPU that the service uses. *With Redis* is for ${SHARED_INSTANCES} instances${
    GOOGLE.redisPerMonth === undefined
      ? ', without the price of the Redis itself: add that of the smallest Memorystore, which is large enough'
      : `, with ${dollars(GOOGLE.redisPerMonth)} for the Redis`
  }.

${billTable(measured)}

## Request logs

Cloud Run writes a log line for each request. With an average of ${LOG_LINE_BYTES} bytes a line, which is assumed, the lines of
heartbeats add to any of these bills, unless a log exclusion drops them:

${logTable()}

## Beside other services

The same site at their list prices, without volume discounts. A person is assumed to
return ${VISITS_PER_USER} times a month, so that ${count(1000)} visitors at a time are ${count(monthlyUsers(1000))} different ones a month.
"≤" marks a plan below which others lie whose limits are not known. A small site may cost less elsewhere than an instance that runs around the clock.

${providerTable(measured)}

- Pusher: all visitors hold a connection. Presence channels end at 100 members, so a backend receives joins and leaves as
  webhooks and publishes them for the dashboards. Status changes are not included.
- Ably: all visitors hold a connection and enter a presence set to which the dashboards subscribe. A presence
  set holds 200 members, or 5,000 to 10,000 with batching, so the larger sites need several.
- PubNub: by monthly users. Its price by transactions is not included.
- To compute your own: count connections, joins, leaves and status changes for a day with \`presence_visitors\` and
  \`/sse/changes\`, and enter them in the provider's calculator.

## A service that may sleep

With request-based billing and a minimum of 0 instances, the process runs only while a request or a stream is open, and
Cloud Run may end it when none has arrived for a while (15 minutes, by its documentation).

\`\`\`sh not-run
gcloud run services update presence --region="$REGION" --cpu-throttling --min=0 --min-instances=0
\`\`\`

- While a stream is open, presence is as with instance-based billing.
- Visitors who send heartbeats stay online, however rarely the process runs.
- A visitor who disappears without a leave goes offline at the first request after the online window, as long as requests
  arrive more often than every ${MAX_SILENCE_SECONDS} s: from about ten visitors on. With one other visitor, each time between two
  heartbeats is a [gap](architecture.md#gaps), in which nobody can be missed, and the visitor stays online until the process
  runs for longer, as while somebody watches.
- Nothing happens between requests: \`/v1/history\` has holes, and [webhooks](webhooks.md) wait for the next request.
- When the process ends, the list is lost. The next heartbeat starts a new process, and the list is complete again after
  ${HEARTBEAT_SECONDS} s. Who was there last is lost, too, and [a handover](deploy.md#what-a-new-revision-does-to-watchers) finds
  nobody to ask.

The second and the third point are measured with a process that is stopped (SIGSTOP) between requests
(\`test/runtime/stopped-between-requests.slow.test.ts\`): with one other visitor, the silent one is still listed after four
online windows; with eight, it is gone as soon as its window has passed. Cloud Run itself is not measured.

## Assumptions

- Visitors are online around the clock; enter the average over the day. A month has 30 days.
- ${percent(CHANGES_PER_VISITOR_MINUTE.joins)} of the visitors join each minute, as many leave, and ${percent(CHANGES_PER_VISITOR_MINUTE.statusChanges)} change status, as in the
  benchmark of streams. A stream of \`/sse/changes\` costs ${measured.cpuMillisecondsPerWatcherHour} ms of CPU and ${measured.mibPerWatcherHour} MiB an hour with ${count(STREAM_VISITORS)} visitors, and in
  proportion with more.
- A heartbeat costs ${measured.cpuMicrosecondsPerHeartbeat} µs of CPU, with elements ${measured.cpuMicrosecondsPerHeartbeatWithView} µs, and sharing it through Redis ${ELSEWHERE.replica.cpuMicrosecondsPerHeartbeat} µs on each instance. The
  machine of the benchmarks is not Cloud Run's.
- The answer to a heartbeat has ${ELSEWHERE.answerBytes} bytes with its head, and ${ELSEWHERE.answerBytesWithView} with elements (totals and five members). What TLS
  and Google's front end add is not counted.
- An instance has one vCPU and 512 MiB, which is the minimum of instance-based billing: ${ELSEWHERE.instance.mib} MiB are used with ${count(ELSEWHERE.instance.visitors)}
  visitors and 800 streams. With Redis each visitor adds ${ELSEWHERE.replica.bytesPerVisitor} bytes, and more than 80 % in use takes the next size.
- Request-based billing counts each heartbeat as 100 ms, and time in which several requests are open once. Heartbeats
  arrive at random moments.
- Start, build and storage of the image, and traffic to Redis within the region, are not counted.

## Prices

${priceTable()}
`);
}

/** Breaks paragraphs and items at the width of the other documents. Tables, headings, blocks of code and comments stay. */
function wrap(text: string): string {
  const paragraphs = text.split(/\n(?=\n|[-|#<])|(?<=\n)\n/);
  return paragraphs.map((each) => (/^\n*(?:[|#<]|```)/.test(each) ? each : wrapped(each))).join('\n');
}

function wrapped(paragraph: string): string {
  const indent = paragraph.trimStart().startsWith('- ') ? '  ' : '';
  const lines = [''];
  for (const word of paragraph.trim().split(BETWEEN_WORDS)) {
    const last = lines.at(-1)!;
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + word.length < WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(indent + word);
  }
  return lines.join('\n');
}
