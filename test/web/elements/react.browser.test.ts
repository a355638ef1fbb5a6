import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { browserTest as test } from '../../support/browser.js';
import { startCli } from '../../support/cli.js';
import { hit, send } from '../../support/client.js';
import { documentAt } from '../../support/documents.js';
import { elementsTag, untilMembers, untilShown } from '../../support/elements.js';
import { checkTypes } from '../../support/types.js';
import { LASTING, openSite } from '../../support/visitor-script.js';

const [EXAMPLE] = documentAt('docs/elements.md').blocks.filter(({ language }) => language === 'tsx');
const APP = `${EXAMPLE!.text}
import { createRoot } from 'react-dom/client';
import { flushSync } from 'react-dom';

const root = createRoot(document.getElementById('root'));
window.show = (uids, isLive) => flushSync(() => root.render(<><Team uids={uids} /><presence-list room={uids[0]} live={isLive} /></>));
show(['ada', 'bob'], true);`;

test('the React example works, its attributes follow the state, and its types are those of React', async (t) => {
  const { outputFiles } = await build({
    stdin: { contents: APP, loader: 'tsx', resolveDir: process.cwd() },
    bundle: true,
    write: false,
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const service = await startCli(t, LASTING);
  await hit(service.url, { uid: 'ada', room: 'ada' });
  const { page, messages } = await openSite(
    t,
    `<div id="root"></div>${elementsTag(service, 'data-interval="1"')}<script>${outputFiles[0]!.text}</script>`,
  );
  await untilShown(page, 'presence-count.count', '1 person here');
  await untilShown(page, 'presence-status[uid=ada]', 'active now');
  await untilShown(page, 'presence-status[uid=bob]', 'offline');
  await untilMembers(page, 'presence-avatars', 'ada');
  await untilMembers(page, 'presence-list[live]', 'ada');
  await page.evaluate('show(["bob"], false)');
  await untilMembers(page, 'presence-list:not([live])');
  await hit(service.url, { uid: 'bob' });
  await untilShown(page, 'presence-status', 'active now');
  t.deepEqual(messages, []);

  const { text } = await send(`${service.url}/elements.d.mts`);
  const files = { 'package.json': '{"type":"module"}', 'elements.d.mts': text, 'team.tsx': EXAMPLE!.text };
  const link = (directory: string) => symlinkSync(join(process.cwd(), 'node_modules'), join(directory, 'node_modules'));
  t.is(await checkTypes(t, files, 'team.tsx', ['--jsx', 'react-jsx', '--lib', 'es2022,dom'], link), '');
});
