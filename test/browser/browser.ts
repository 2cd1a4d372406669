import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { temporaryFolder } from '../e2e/program.ts';
import { findChromium } from './chromium.ts';
import { type PageServer, servePage } from './page-server.ts';

/** Headless, without what a browser does on its own account. */
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const patience = 120_000;

/** Calls a function of a page by its name, and gives what it resolves with. */
type Call = (name: string, ...given: readonly unknown[]) => Promise<unknown>;

/** A page in a browser of its own. */
export interface Stage {
  /** Where the page is served. */
  readonly origin: string;
  readonly call: Call;
  /** The same page once more, under another name of this machine: for the browser it is another site. */
  stranger(): Promise<Call>;
}

/**
 * Tests with the page `pages/<name>.ts`. Where there is no browser they are skipped, and it is said what is missing.
 */
export const describeInBrowser = (name: string, tests: (stage: Stage) => void): void => {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    console.warn(`\n*** ${name}: ${missing}\n`);
    describe(name, () => test.skip(missing, () => {}));
    return;
  }
  describe(name, () => {
    let server: PageServer;
    let profile: Awaited<ReturnType<typeof temporaryFolder>>;
    let context: BrowserContext;
    let call: Call;
    const visit = async (origin: string): Promise<Call> => {
      const page = await context.newPage();
      // What goes wrong in a call is told by the call; this is for what nobody called.
      page.on('pageerror', (error) => console.error(`${name}: ${error.stack ?? error.message}`));
      await page.goto(origin);
      return callsOf(page);
    };
    beforeAll(async () => {
      server = await servePage(name);
      profile = await temporaryFolder();
      context = await chromium.launchPersistentContext(profile.path, { executablePath, args });
      call = await visit(server.origin);
    }, patience);
    afterAll(async () => {
      await context?.close();
      await server?.close();
      await profile?.remove();
    }, patience);
    tests({
      get origin() {
        return server.origin;
      },
      call: (...given) => call(...given),
      stranger: () => visit(server.origin.replace('127.0.0.1', 'localhost')),
    });
  });
};

const missing =
  'NOT TESTED IN A BROWSER, since there is none: install one (apt-get install chromium) or name it in CHROME_BIN';

const callsOf =
  (page: Page): Call =>
  (name, ...given) =>
    page.evaluate(([called, values]) => Reflect.get(globalThis, called)(...values), [name, given] as const);
