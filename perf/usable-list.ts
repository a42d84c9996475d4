import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { IdleClient } from './load/idle-client.ts';
import { launchChromium, signedInContext } from './load/signed-in-browser.ts';
import type { LoadUser } from './load/spec.ts';
import { median } from './report/statistics.ts';
import { inFolder, type Running } from './servers/server.ts';
import { inTurns } from './servers/side-by-side.ts';
import { compareWith, start, type ServerTarget } from './servers/targets.ts';

/** `npm run perf:usable-list -- [--before CHECKOUT] [--rounds N]`: how long somebody who is signed in, with an empty cache, waits for
 *  their conversations on a line of 1.5 Mbit/s and 150 ms, in a real Chromium; and the bytes until then. With another checkout, built,
 *  in turns. Chromium: /usr/bin/chromium, or PARLEY_CHROMIUM. */
const { values } = parseArgs({
  options: { before: { type: 'string' }, rounds: { type: 'string', default: '9' } },
});
const CONVERSATIONS = 30;
const LINE = { latency: 150, downloadThroughput: 1_500_000 / 8, uploadThroughput: 1_500_000 / 8 };

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

interface Visit {
  readonly ms: number;
  readonly bytes: number;
}

/** Runs in the page before its scripts: notes the first frame after which a row of the list is there. */
const noteFirstRow = (): void => {
  const hosts = ['parley-app', 'chat-screen', 'user-list', 'user-item'];
  const look = (): void => {
    const row = hosts.reduce<Document | ShadowRoot | null>(
      (root, name) => root?.querySelector(name)?.shadowRoot ?? null,
      document,
    );
    if ((row?.querySelector('a') ?? null) === null) requestAnimationFrame(look);
    else performance.mark('first-row');
  };
  look();
};
const markedAt = (): number | undefined => performance.getEntriesByName('first-row')[0]?.startTime;

const visit = async (browser: Browser, { host, port }: Running, who: LoadUser): Promise<Visit> => {
  const context = await signedInContext(browser, who);
  const page = await context.newPage();
  await page.addInitScript(noteFirstRow);
  const cdp = await context.newCDPSession(page);
  let bytes = 0;
  cdp.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await cdp.send('Network.enable');
  await cdp.send('Network.emulateNetworkConditions', { offline: false, ...LINE });
  await page.goto(`http://${host}:${String(port)}`, { waitUntil: 'commit' });
  // By the page's own clock, since it began to load. What waits for it here takes tens of milliseconds.
  const marked = await page.waitForFunction(markedAt);
  const ms = (await marked.jsonValue()) ?? NaN;
  await context.close();
  return { ms, bytes };
};

/** A conversation with each of the others, who write one after the other. */
const writeTo = async (server: Running, reader: LoadUser, others: readonly LoadUser[]): Promise<void> => {
  for (const { token } of others) {
    const client = new IdleClient({ host: server.host, port: server.port, token });
    await client.arrived;
    const answered = new Promise<void>((resolve) => {
      client.onEnvelope = () => {
        resolve();
      };
    });
    client.say('message', { recipient_id: reader.userId, content: 'And what about Tuesday?' });
    await answered;
    client.leave();
  }
};

const visitAnew = (browser: Browser, who: ServerTarget): Promise<Visit> =>
  inFolder(async (dir) => {
    const { server, accounts } = await start(who, dir, CONVERSATIONS + 1);
    const [reader, ...others] = accounts;
    if (reader === undefined) throw new Error('no account');
    try {
      await writeTo(server, reader, others);
      return await visit(browser, server, reader);
    } finally {
      await server.stop();
    }
  });

if (values.before !== undefined) await compareWith(values.before);
const targets: readonly ServerTarget[] = values.before === undefined ? ['parley'] : ['parley', 'before'];
const browser = await launchChromium();
try {
  const visits = await inTurns(targets, Number(values.rounds), async (who) => {
    const each = await visitAnew(browser, who);
    print(`  ${who}: ${each.ms.toFixed(0)} ms, ${(each.bytes / 1024).toFixed(0)} KiB`);
    return each;
  });
  const own = visits.get('parley') ?? [];
  const of = (all: readonly Visit[], pick: (each: Visit) => number): number => median(all.map(pick));
  print(
    `usable list: ${of(own, ({ ms }) => ms).toFixed(0)} ms, ${(of(own, ({ bytes }) => bytes) / 1024).toFixed(0)} KiB`,
  );
  const before = visits.get('before') ?? [];
  if (before.length > 0) {
    const ratios = own.map(({ ms }, i) => ms / (before[i]?.ms ?? NaN));
    print(
      `time × the other checkout: ${median(ratios).toFixed(2)} (${ratios.map((each) => each.toFixed(2)).join(', ')})`,
    );
  }
} finally {
  await browser.close();
}
