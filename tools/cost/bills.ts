import { type ComputePrices, GOOGLE } from './prices.js';
import { MONTH_SECONDS, type Site, type Usage } from './usage.js';

/** Cloud Run rounds the time that it bills up to this. */
const ROUNDING_MS = 100;
const VCPUS = 1;

/** A request that an instance answers, or a stream that it holds open. */
export interface BilledRequest {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * The milliseconds for which request-based billing charges an instance: each request lasts a multiple of 100 ms, and time in
 * which several are open counts once. So an open stream is charged for as long as it lasts, whatever else arrives.
 */
export function billedMs(requests: readonly BilledRequest[]): number {
  let sumMs = 0;
  let endedMs = Number.NEGATIVE_INFINITY;
  for (const { startMs, endMs } of requests.toSorted((a, b) => a.startMs - b.startMs)) {
    const lastsMs = Math.max(1, Math.ceil((endMs - startMs) / ROUNDING_MS)) * ROUNDING_MS;
    sumMs += Math.max(0, startMs + lastsMs - Math.max(startMs, endedMs));
    endedMs = Math.max(endedMs, startMs + lastsMs);
  }
  return sumMs;
}

/**
 * The share of the time that is billed: all of it while a stream is open, and otherwise the share in which one of many short
 * requests at random moments is open, as `billedMs` counts them.
 *
 * @param openShare the share of the time in which at least one stream is open
 */
export function billedShare(shortRequestsPerSecond: number, openShare: number): number {
  const betweenShare = 1 - Math.exp((-shortRequestsPerSecond * ROUNDING_MS) / 1000);
  return openShare + (1 - openShare) * betweenShare;
}

/** Dollars a month. */
export interface Bill {
  readonly compute: number;
  readonly requests: number;
  readonly egress: number;
  readonly total: number;
}

/** With instance-based billing: every instance runs around the clock. */
export function instanceBill(site: Site, usage: Usage): Bill {
  return bill(usage, GOOGLE.instanceBased, site.instances * MONTH_SECONDS);
}

/** With request-based billing, and a minimum of no instance. */
export function requestBill(site: Site, usage: Usage): Bill {
  const openShare = site.dashboardHoursPerDay / 24;
  const withStreams = Math.min(site.dashboards, site.instances);
  const perInstance = usage.heartbeatsPerSecond / site.instances;
  const shares =
    withStreams * billedShare(perInstance, openShare) + (site.instances - withStreams) * billedShare(perInstance, 0);
  return bill(usage, GOOGLE.requestBased, shares * MONTH_SECONDS);
}

function bill(usage: Usage, prices: ComputePrices, instanceSeconds: number): Bill {
  const compute =
    beyond(instanceSeconds * VCPUS, prices.freeVcpuSeconds) * prices.perVcpuSecond +
    beyond(instanceSeconds * usage.instanceGib, prices.freeGibSeconds) * prices.perGibSecond;
  const requests = (beyond(usage.requestsPerMonth, prices.freeRequests) / 1e6) * prices.perMillionRequests;
  const egress = beyond(usage.egressGibPerMonth, GOOGLE.egress.freeGib) * GOOGLE.egress.perGib;
  return { compute, requests, egress, total: compute + requests + egress };
}

/** What the log lines of requests cost, where nothing excludes them. */
export function logBill(requestsPerMonth: number, bytesPerLine: number): number {
  return beyond((requestsPerMonth * bytesPerLine) / 1024 ** 3, GOOGLE.logs.freeGib) * GOOGLE.logs.perGib;
}

const beyond = (amount: number, free: number): number => Math.max(0, amount - free);
