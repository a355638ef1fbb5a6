import { ABLY, PUBNUB, PUSHER } from './prices.js';
import { changesPerMonth, MONTH_SECONDS } from './usage.js';

const MONTH_MINUTES = MONTH_SECONDS / 60;
const MONTH_DAYS = MONTH_SECONDS / 86_400;
/** How often the same person returns in a month: each working day. */
export const VISITS_PER_USER = 20;

/** Dollars a month, or why there is none. `isAtMost`: a cheaper plan may do, whose limits are not known. */
export type Price = { readonly perMonth: number; readonly isAtMost: boolean } | 'no list price';

/** How many different people visit a site in a month. */
export const monthlyUsers = (visitors: number): number => changesPerMonth(visitors).joins / VISITS_PER_USER;

/**
 * Every visitor holds a connection. Presence channels end at 100 members, so a backend receives each join and leave as a
 * webhook, and publishes it to the channel of the dashboards.
 */
export function pusherPrice(visitors: number, dashboards: number): Price {
  const { joins, leaves } = changesPerMonth(visitors);
  const messagesPerDay = ((joins + leaves) / MONTH_DAYS) * (2 + dashboards);
  const connections = visitors + dashboards;
  const plan = PUSHER.find((each) => connections <= each.maxConnections && messagesPerDay <= each.maxMessagesPerDay);
  return plan === undefined ? 'no list price' : { perMonth: plan.perMonth, isAtMost: !plan.isNext };
}

/** Every visitor enters a presence set, and the dashboards subscribe to it. Charged per minute, without volume discounts. */
export function ablyPricePerMinute(visitors: number, dashboards: number): Price {
  const base = ablyPackage(visitors + dashboards);
  if (base === undefined) return 'no list price';
  const messages = ablyMessages(visitors, dashboards);
  const connectionMinutes = (visitors + dashboards) * MONTH_MINUTES;
  const perMonth =
    base.perMonth +
    (messages / 1e6) * ABLY.perMillionMessages +
    (connectionMinutes / 1e6) * ABLY.perMillionConnectionMinutes +
    (MONTH_MINUTES / 1e6) * ABLY.perMillionChannelMinutes;
  return { perMonth, isAtMost: false };
}

/** The same, charged per monthly user. Dashboards are counted as users who are connected all month. */
export function ablyPricePerUser(visitors: number, dashboards: number): Price {
  const base = ablyPackage(visitors + dashboards);
  if (base === undefined) return 'no list price';
  const users = monthlyUsers(visitors) + dashboards;
  const messages = ablyMessages(visitors, dashboards) - users * ABLY.messagesPerMonthlyUser;
  const minutes = (visitors + dashboards) * MONTH_MINUTES - users * ABLY.connectionMinutesPerMonthlyUser;
  const perMonth =
    base.perMonth +
    users * ABLY.perMonthlyUser +
    (Math.max(0, messages) / 1e6) * ABLY.perMillionMessages +
    (Math.max(0, minutes) / 1e6) * ABLY.perMillionConnectionMinutes;
  return { perMonth, isAtMost: false };
}

const ablyPackage = (connections: number) => ABLY.packages.find((each) => connections <= each.maxConnections);

function ablyMessages(visitors: number, dashboards: number): number {
  const { joins, leaves, statusChanges } = changesPerMonth(visitors);
  return (joins + leaves + statusChanges) * (1 + dashboards);
}

/** By monthly users alone, dashboards included. */
export function pubnubPrice(visitors: number, dashboards: number): Price {
  const users = monthlyUsers(visitors) + dashboards;
  const plan = PUBNUB.find(({ maxMonthlyUsers }) => users <= maxMonthlyUsers);
  return plan === undefined ? 'no list price' : { perMonth: plan.perMonth, isAtMost: false };
}
