import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PATH = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** Starts the Chromium at `CHROMIUM_PATH`, by default Debian's. Without one, prints what to install and exits with status 1. */
export async function launchChromium(): Promise<Browser> {
  if (!existsSync(PATH)) {
    console.error(`There is no ${PATH}. Install the Debian package chromium, or set CHROMIUM_PATH.`);
    process.exit(1);
  }
  return chromium.launch({ executablePath: PATH, args: ['--no-sandbox'] });
}
