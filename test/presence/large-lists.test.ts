import test from 'ava';
import { Presence } from '../../src/presence/presence.js';
import { configOf } from '../support/service.js';

const NOW = 1_000_000;
const VISITORS = 12_000;

/** More visitors than are listed in one step, all active until 5 min after `NOW`. */
function createCrowd() {
  const presence = new Presence(configOf().presence);
  for (let number = VISITORS; number > 0; number--) presence.hit({ uid: uidOf(number), activityMs: NOW }, NOW);
  presence.flush(NOW);
  return presence;
}

const uidOf = (number: number) => `visitor-${String(number).padStart(5, '0')}`;

test('the lists of many visitors are taken in steps, and are those of the first step', (t) => {
  const presence = createCrowd();
  const steps = presence.listsInSteps(NOW);
  t.false(steps.next().done);
  for (let number = 1; number <= VISITORS; number += 2) presence.leave({ uid: uidOf(number) }, NOW);
  presence.hit({ uid: 'newcomer', activityMs: NOW }, NOW + 3000);
  presence.flush(NOW + 3000);
  // In the slots of those who have left.
  for (let number = 0; number < VISITORS; number++)
    presence.hit({ uid: `later-${number}`, activityMs: NOW }, NOW + 3000);
  let last = steps.next();
  while (!last.done) last = steps.next();
  const everybody = Array.from({ length: VISITORS }, (_, index) => uidOf(index + 1));
  t.deepEqual(last.value, { active: everybody, idle: [] });
  const { active } = presence.lists(NOW + 3000);
  t.is(active.length, 1 + 1.5 * VISITORS);
  t.deepEqual(active, [...active].sort());
});

test('a few newcomers and a few who leave keep the lists of many visitors sorted', (t) => {
  const presence = createCrowd();
  presence.lists(NOW);
  const newcomers = ['ada', 'visitor-00000x', 'visitor-06000x', 'visitor-06000y', 'visitor-12000x', 'zoe'];
  for (const uid of newcomers) presence.hit({ uid, activityMs: NOW }, NOW);
  for (const number of [1, 2, 7000, 12_000]) presence.erase(uidOf(number));
  const { active } = presence.lists(NOW);
  t.is(active.length, VISITORS - 4 + newcomers.length);
  t.deepEqual(active, [...active].sort());
});
