import test from 'ava';
import { createInputFilter, type InputEvent } from '../../../src/web/client/input.js';

const trusted = (type: string, more: Partial<InputEvent> = {}): InputEvent => ({ type, isTrusted: true, ...more });
const pointer = (type: string, screenX: number, buttons = 0) => trusted(type, { screenX, screenY: 0, buttons });

/** Creates a filter with a clock. */
function createFilter() {
  const time = { nowMs: 1000 };
  return { time, isInput: createInputFilter(() => time.nowMs) };
}

test('pointers, keys, wheels and fingers are input', (t) => {
  const { isInput } = createFilter();
  for (const type of ['keydown', 'wheel', 'touchstart', 'touchmove']) t.true(isInput(trusted(type)), type);
  t.true(isInput(pointer('pointermove', 10)));
  t.true(isInput(pointer('pointerdown', 10, 1)));
});

test('an event that a script dispatches is none', (t) => {
  const { isInput } = createFilter();
  for (const type of ['keydown', 'wheel', 'pointerdown', 'touchstart', 'scroll'])
    t.false(isInput({ type, isTrusted: false, screenX: 1, screenY: 1, buttons: 1 }), type);
  t.false(isInput(trusted('scroll')), 'a dispatched pointerdown holds nothing');
});

test('scrolling is input only while a pointer is held down, as in the drag of a scrollbar', (t) => {
  const { isInput } = createFilter();
  t.false(isInput(trusted('scroll')));
  isInput(pointer('pointermove', 5));
  t.false(isInput(trusted('scroll')));
  isInput(pointer('pointerdown', 5, 1));
  t.true(isInput(trusted('scroll')));
  isInput(pointer('pointerup', 5));
  t.false(isInput(trusted('scroll')));
});

test('a scrollbar that is released without an event is no longer held once the pointer moves, or after a minute', (t) => {
  const { time, isInput } = createFilter();
  isInput(pointer('pointerdown', 5, 1));
  isInput(pointer('pointermove', 6, 0));
  t.false(isInput(trusted('scroll')));
  isInput(pointer('pointerdown', 5, 1));
  time.nowMs += 59_999;
  t.true(isInput(trusted('scroll')));
  time.nowMs += 1;
  t.false(isInput(trusted('scroll')));
});

test('a pointer that moves without a change of its place is none', (t) => {
  const { isInput } = createFilter();
  isInput(pointer('pointermove', 5));
  t.false(isInput(pointer('pointermove', 5)));
  t.true(isInput(pointer('pointermove', 6)));
});
