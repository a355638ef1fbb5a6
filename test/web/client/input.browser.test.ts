import type { ExecutionContext } from 'ava';
import { browserTest as test } from '../../support/browser.js';
import { until } from '../../support/until.js';
import { AUTO_SCROLL, CHAT, openWithTag, untilOnline, visitorOf } from '../../support/visitor-script.js';

/** Opens a page where a visitor is idle after two seconds without input. */
const openIdlePage = (t: ExecutionContext, html: string) =>
  openWithTag(t, 'data-uid="ada"', { ACTIVE_WINDOW_SECONDS: '2' }, { html });

const pageActions = {
  'a chat that scrolls by itself': AUTO_SCROLL,
  'a page that scrolls by itself': `
    document.body.style.height = '9000px';
    setInterval(() => scrollBy(0, 5), 100);`,
  'events that a script dispatches': `setInterval(() => {
    document.body.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, screenX: performance.now() }));
    document.body.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, buttons: 1 }));
    for (const type of ['keydown', 'scroll', 'wheel', 'touchstart', 'touchmove'])
      document.body.dispatchEvent(new Event(type, { bubbles: true }));
  }, 100);`,
};

for (const [name, script] of Object.entries(pageActions)) {
  test(`${name}: no sign of the person, so the visitor turns idle`, async (t) => {
    const { service, page } = await openIdlePage(t, CHAT);
    await page.evaluate(script);
    await untilOnline(service, 'ada');
    await until(async () => (await visitorOf(service, 'ada')).status === 'idle');
    t.pass();
  });
}

test('a chat that scrolls by itself after the person has dragged its scrollbar lets the visitor turn idle', async (t) => {
  const { service, page } = await openIdlePage(t, CHAT);
  await page.mouse.move(195, 150);
  await page.mouse.down();
  await page.mouse.move(195, 160);
  await page.mouse.up();
  await page.mouse.move(300, 300);
  await page.evaluate(AUTO_SCROLL);
  await until(async () => (await visitorOf(service, 'ada')).status === 'idle');
  t.pass();
});

test('a mouse that rests while the page moves below it lets the visitor turn idle', async (t) => {
  const { service, page } = await openIdlePage(t, CHAT);
  await page.mouse.move(100, 150);
  await page.evaluate(AUTO_SCROLL);
  await until(async () => (await visitorOf(service, 'ada')).status === 'idle');
  t.pass();
});

test('typing in a frame of the origin of the page makes the visitor active, even after the frame was written anew', async (t) => {
  const { service, page } = await openIdlePage(t, '');
  await page.evaluate(`(() => {
    const outer = document.createElement('iframe');
    outer.srcdoc = '<iframe></iframe>';
    document.body.append(outer);
    return new Promise((resolve) => { outer.onload = resolve; });
  })()`);
  await page.evaluate(`(() => {
    const { document: editor } = frames[0][0];
    editor.open();
    editor.write('<textarea></textarea>');
    editor.close();
  })()`);
  await until(async () => (await visitorOf(service, 'ada')).status === 'idle');
  await page.evaluate("frames[0][0].document.querySelector('textarea').focus()");
  await until(async () => {
    await page.keyboard.press('a');
    return (await visitorOf(service, 'ada')).status === 'active';
  });
  t.regex(String(await page.evaluate("frames[0][0].document.querySelector('textarea').value")), /^a+$/);
});

/** Plays a video that a canvas makes, without sound. */
const PLAY = `(async () => {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  setInterval(() => { context.fillStyle = '#' + Math.random().toString(16).slice(2, 8); context.fillRect(0, 0, 300, 150); }, 50);
  const video = document.createElement('video');
  video.width = 300;
  video.height = 150;
  video.muted = true;
  video.srcObject = canvas.captureStream();
  document.body.prepend(video);
  await video.play();
})()`;

test('with data-media="active" a visible video keeps the visitor active while it plays', async (t) => {
  const { service, page } = await openWithTag(
    t,
    'data-uid="ada" data-media="active"',
    { ACTIVE_WINDOW_SECONDS: '2' },
    { html: '' },
  );
  await until(async () => (await visitorOf(service, 'ada')).status === 'idle');
  await page.evaluate(PLAY);
  await until(async () => (await visitorOf(service, 'ada')).status === 'active');
  await page.evaluate("document.querySelector('video').style.marginTop = '9000px'");
  await until(async () => (await visitorOf(service, 'ada')).status === 'idle');
  await page.evaluate("document.querySelector('video').style.marginTop = '0'");
  await until(async () => (await visitorOf(service, 'ada')).status === 'active');
  await page.evaluate("document.querySelector('video').pause()");
  await until(async () => (await visitorOf(service, 'ada')).status === 'idle');
  t.pass();
});

test('without that attribute a video is no input', async (t) => {
  const { service, page } = await openIdlePage(t, '');
  await page.evaluate(PLAY);
  await until(async () => (await visitorOf(service, 'ada')).status === 'idle');
  t.pass();
});
