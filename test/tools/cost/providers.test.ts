import test from 'ava';
import { ablyPricePerMinute, ablyPricePerUser, pubnubPrice, pusherPrice } from '../../../tools/cost/providers.js';

const rounded = (price: ReturnType<typeof pusherPrice>) =>
  typeof price === 'string' ? price : Math.round(price.perMonth);

test("Pusher's plan is the first that allows the connections and the messages of a day", (t) => {
  t.is(rounded(pusherPrice(99, 1)), 0);
  t.is(rounded(pusherPrice(100, 1)), 49);
  // 144,000 joins and leaves a day, each a webhook, a publish and 25 or 30 deliveries: 3.9 and 4.6 million
  t.is(rounded(pusherPrice(1000, 25)), 99);
  t.is(rounded(pusherPrice(1000, 30)), 299);
  t.is(pusherPrice(100_000, 1), 'no list price');
});

test('above a gap in the known plans, a price is the most that it can be', (t) => {
  t.deepEqual(pusherPrice(1000, 1), { perMonth: 99, isAtMost: false });
  t.deepEqual(pusherPrice(10_000, 1), { perMonth: 1199, isAtMost: true });
});

test("Ably's price per minute is the package, the messages, the connections and one channel", (t) => {
  // 29 + 8.64 M changes × 2 × 2.50 / M + 1001 × 43,200 min × 1 / M + 43,200 × 1 / M
  t.is(rounded(ablyPricePerMinute(1000, 1)), Math.round(29 + 43.2 + 43.2432 + 0.0432));
  t.is(ablyPricePerMinute(60_000, 1), 'no list price');
});

test("Ably's price per user is the package and the users, as long as they stay within their quota", (t) => {
  // 108,001 users × 0.05
  t.is(rounded(ablyPricePerUser(1000, 1)), Math.round(29 + 5400.05));
});

test("PubNub's price is that of the first plan for so many monthly users", (t) => {
  // 108 different users a month for each who is online
  t.is(rounded(pubnubPrice(1, 1)), 0);
  t.is(rounded(pubnubPrice(9, 1)), 98);
  t.is(rounded(pubnubPrice(10, 1)), 370);
  t.is(pubnubPrice(1000, 1), 'no list price');
});
