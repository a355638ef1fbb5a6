import { CHANGES_PER_VISITOR_MINUTE, ELSEWHERE, type Measured, STREAM_VISITORS } from './measured.js';

export const HEARTBEAT_SECONDS = 30;
export const MONTH_SECONDS = 30 * 86_400;
const MONTH_HOURS = MONTH_SECONDS / 3600;
/** The sizes that Cloud Run offers beside one CPU, from the smallest that instance-based billing allows. */
const MEMORY_MIB = [512, 1024, 2048, 4096];
/** How much of the memory may be in use. */
const MAX_MEMORY_SHARE = 0.8;
const MIB = 1024 * 1024;

/** A site and how it is watched. */
export interface Site {
  /** The average number of visitors online, around the clock. */
  readonly visitors: number;
  /** Whether pages show presence by elements, so that each heartbeat asks for a view. */
  readonly hasElements: boolean;
  /** How many hold `/sse/changes` open, and for how many hours a day. */
  readonly dashboards: number;
  readonly dashboardHoursPerDay: number;
  /** 1, or more that share presence through Redis. */
  readonly instances: number;
}

/** What a site uses. */
export interface Usage {
  readonly heartbeatsPerSecond: number;
  readonly requestsPerMonth: number;
  readonly egressGibPerMonth: number;
  /** The share of one vCPU that the busiest instance uses. */
  readonly cpuShare: number;
  /** The memory that an instance is given. */
  readonly instanceGib: number;
  readonly redisMib: number;
}

/** Throws when one vCPU or the largest memory is too small for the site. */
export function usageOf(site: Site, measured: Measured): Usage {
  const { visitors, hasElements, instances, dashboards } = site;
  const heartbeatsPerSecond = visitors / HEARTBEAT_SECONDS;
  const heartbeatsPerMonth = heartbeatsPerSecond * MONTH_SECONDS;
  const watcherHours = dashboards * (site.dashboardHoursPerDay / 24) * MONTH_HOURS;
  // A stream costs in proportion to the changes, so to the visitors.
  const streamScale = visitors / STREAM_VISITORS;
  const answerBytes = hasElements ? ELSEWHERE.answerBytesWithView : ELSEWHERE.answerBytes;
  const streamMib = watcherHours * measured.mibPerWatcherHour * streamScale;
  const egressGibPerMonth = (heartbeatsPerMonth * answerBytes) / MIB / 1024 + streamMib / 1024;
  const cpuShare = cpuShareOf(site, measured, heartbeatsPerSecond, streamScale);
  if (cpuShare > 1) throw new Error(`${visitors} visitors need more than one vCPU.`);
  // A stream lives for 15 minutes at most.
  const requestsPerMonth = heartbeatsPerMonth + watcherHours * 4;
  const redisMib = instances > 1 ? (visitors * measured.redisBytesPerVisitor) / MIB : 0;
  return {
    heartbeatsPerSecond,
    requestsPerMonth,
    egressGibPerMonth,
    cpuShare,
    instanceGib: memoryGibOf(site, measured),
    redisMib,
  };
}

function cpuShareOf(site: Site, measured: Measured, heartbeatsPerSecond: number, streamScale: number): number {
  const own = site.hasElements ? measured.cpuMicrosecondsPerHeartbeatWithView : measured.cpuMicrosecondsPerHeartbeat;
  // Every instance applies the heartbeats of all of them.
  const shared = site.instances > 1 ? ELSEWHERE.replica.cpuMicrosecondsPerHeartbeat : 0;
  const watchers = Math.ceil(site.dashboards / site.instances);
  const streamSecondsPerHour = (watchers * measured.cpuMillisecondsPerWatcherHour * Math.max(1, streamScale)) / 1000;
  return (heartbeatsPerSecond * (own / site.instances + shared)) / 1e6 + streamSecondsPerHour / 3600;
}

function memoryGibOf({ visitors, instances }: Site, measured: Measured): number {
  const { instance, replica } = ELSEWHERE;
  const beyondBytes = Math.max(0, visitors - instance.visitors) * measured.residentBytesPerVisitor;
  const replicaBytes = instances > 1 ? visitors * replica.bytesPerVisitor : 0;
  const neededMib = instance.mib + (beyondBytes + replicaBytes) / MIB;
  const size = MEMORY_MIB.find((mib) => neededMib <= mib * MAX_MEMORY_SHARE);
  if (size === undefined) throw new Error(`${visitors} visitors need more than ${MEMORY_MIB.at(-1)} MiB.`);
  return size / 1024;
}

/** How many times a month somebody joins, leaves or changes status. */
export function changesPerMonth(visitors: number): { joins: number; leaves: number; statusChanges: number } {
  const per = (share: number) => (visitors * share * MONTH_SECONDS) / 60;
  const { joins, leaves, statusChanges } = CHANGES_PER_VISITOR_MINUTE;
  return { joins: per(joins), leaves: per(leaves), statusChanges: per(statusChanges) };
}
