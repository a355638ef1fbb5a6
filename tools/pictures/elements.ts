import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { startService } from '../../bench/support/server.js';

const PORT = 8121;
const ROOM = 'page-7';
const PEOPLE = ['Ada', 'Bob', 'Carol', 'Dan', 'Eve', 'Faythe', 'Grace', 'Heidi', 'Ivan', 'Judy', 'Mallory', 'Niaj'];
const IDLE = new Set(['Bob', 'Eve']);
/** They have a row in the group, and are not here. */
const AWAY = ['Olivia', 'Peggy'];

/** Takes the pictures of docs/bubble.md: elements on a page that looks like an app. */
export async function takeElementPictures(browser: Browser, folder: string): Promise<void> {
  const { url, stop } = await startService(PORT, { CORS_ALLOW_ORIGIN: '*' });
  for (const name of PEOPLE) {
    const info = { name };
    const body = JSON.stringify({ uid: name, room: ROOM, info, idle_for: IDLE.has(name) ? 400 : 0 });
    await fetch(`${url}/v1/hit`, { method: 'POST', body });
  }

  const rows = [...PEOPLE.slice(0, 4), ...AWAY].map(
    (name) =>
      `<li><presence-status uid="${name}"></presence-status><b>${name}</b><presence-status uid="${name}" text></presence-status></li>`,
  );
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>An app</title>
  <script async src="${url}/elements.js"></script>
  <style>
    body { margin: 0; padding: 16px; background: #eef0f4; color: #1d2433; font: 15px system-ui, sans-serif; }
    section { width: 560px; margin-bottom: 16px; padding: 18px 22px; border-radius: 12px; background: #fff; }
    h2 { margin: 0 0 8px; font-size: 18px; }
    ul { margin: 0; padding: 0; list-style: none; }
    li { display: flex; align-items: center; gap: 12px; padding: 9px 0; border-top: 1px solid #e7e9ef; }
    li > :last-child { margin-left: auto; color: #5b6478; }
    li > :first-child { --presence-size: 12px; }
  </style>
  <section id="count"><h2>Our workshop</h2><presence-count room="${ROOM}" one="{n} person here" other="{n} people here"></presence-count></section>
  <section id="dots"><h2>Team</h2><ul>${rows.join('')}</ul></section>
  <section id="avatars"><h2>On this page</h2><presence-avatars room="${ROOM}" max="6"></presence-avatars></section>`;
  const site = createServer((_request, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end(html));
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));

  const page = await browser.newPage({ deviceScaleFactor: 2, colorScheme: 'light' });
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}`);
  // Dots of visitors who are not here look as before the first answer, so the count is waited for.
  await page.waitForFunction(
    `document.querySelector('presence-count').shadowRoot?.querySelector('[part=text]')?.textContent.startsWith('12 ')
      && document.querySelector('presence-avatars').shadowRoot?.querySelectorAll('li').length === 6
      && document.querySelector('presence-status[text]').shadowRoot?.querySelector('[part=text]')?.textContent !== ''`,
  );
  for (const name of ['count', 'dots', 'avatars'])
    await page.locator(`#${name}`).screenshot({ path: `${folder}/${name}.png` });
  await page.close();
  site.closeAllConnections();
  site.close();
  await stop();
}
