import test from 'ava';
import { send } from '../../support/client.js';
import { startService } from '../../support/service.js';
import { checkTypes } from '../../support/types.js';

// Frameworks differ in what every element may have, and in where they look for the elements.
const CONSUMER = `
import type { PresenceElements } from './elements.mjs';

declare global {
  namespace JSX {
    type Element = unknown;
    interface IntrinsicElements extends PresenceElements<{ readonly className?: string; readonly key?: string }> {}
  }
}
declare const h: (...args: unknown[]) => unknown;

h(<presence-count one="{n} person here" other="{n} people here" status="active" className="count" live />);
h(<presence-count site={false} />);
h(<presence-status uid="42" text announce="Ada" last-seen-text="seen {ago}" key="42" />);
h(<presence-avatars room="page-7" max={5} live={true} />);
h(<presence-list max="3" active-text="da" />);
// @ts-expect-error: no such status
h(<presence-count status="away" />);
// @ts-expect-error: no such attribute
h(<presence-status user="42" />);
// @ts-expect-error: no number
h(<presence-avatars max={true} />);
`;

test('the types that are served as /elements.d.mts check the attributes in JSX, without any other file', async (t) => {
  const { url } = await startService(t);
  const { text } = await send(`${url}/elements.d.mts`);
  const files = { 'package.json': '{"type":"module"}', 'elements.d.mts': text, 'consumer.tsx': CONSUMER };
  t.is(await checkTypes(t, files, 'consumer.tsx', ['--jsx', 'preserve']), '');
  t.notRegex(text, /\bimport\b|\bfrom\b '/);
});
