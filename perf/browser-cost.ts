import type { Browser, CDPSession, Page } from 'playwright-core';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { IdleClient } from './load/idle-client.ts';
import { launchChromium, signedInContext } from './load/signed-in-browser.ts';
import type { LoadUser } from './load/spec.ts';
import { median } from './report/statistics.ts';
import { startParley } from './servers/targets.ts';
import { seedAccounts, seedMessages } from './servers/seed.ts';
import { inFolder, type Running } from './servers/server.ts';

/** `npm run perf:client -- [--quick]`: what the client costs in a real Chromium with a real server. CPU of the page by the browser's own
 *  count, the median of several messages less what an idle page costs in the same time; only ratios within one run count. Fails
 *  when a target is missed. Chromium: /usr/bin/chromium, or PARLEY_CHROMIUM. */
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const MESSAGES = values.quick ? 1_000 : 5_000;
const CONVERSATIONS = values.quick ? 200 : 1_000;
const MISSED = 1_000;
const TRAFFIC = values.quick ? 1_000 : 5_000;
const FEW = { messages: 100, conversations: 10 };
const TIMES = values.quick ? 5 : 15;
/** For one message to be shown and everything that follows from it. */
const SETTLE_MS = 600;
const WAVE = 100;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Somebody in front of the client, who is signed in. */
class Window {
  readonly page: Page;
  readonly #cdp: CDPSession;

  private constructor(page: Page, cdp: CDPSession) {
    this.page = page;
    this.#cdp = cdp;
  }

  static async open(browser: Browser, { host, port }: Running, who: LoadUser): Promise<Window> {
    const context = await signedInContext(browser, who, { viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.goto(`http://${host}:${String(port)}`);
    await page.locator('user-item').first().waitFor();
    return new Window(page, cdp);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  async #metric(name: string): Promise<number> {
    const { metrics } = await this.#cdp.send('Performance.getMetrics');
    return metrics.find((each) => each.name === name)?.value ?? 0;
  }

  /** Milliseconds of CPU that the page took meanwhile. */
  async cpuMs(work: () => Promise<unknown>): Promise<number> {
    const before = await this.#metric('TaskDuration');
    await work();
    return ((await this.#metric('TaskDuration')) - before) * 1_000;
  }

  /** Of one message that comes in, less that of an idle page. */
  async messageMs(send: (text: string) => void): Promise<number> {
    const idle: number[] = [];
    const busy: number[] = [];
    await sleep(2_000);
    for (let at = 0; at < TIMES; at += 1) {
      idle.push(await this.cpuMs(() => sleep(SETTLE_MS)));
      busy.push(
        await this.cpuMs(() => {
          send(`measured ${String(at)}`);
          return sleep(SETTLE_MS);
        }),
      );
    }
    return median(busy) - median(idle);
  }

  /** Bytes of the heap after a collection, and nodes of the page in all shadow roots. */
  async memory(): Promise<{ heap: number; nodes: number }> {
    await this.#cdp.send('HeapProfiler.enable');
    for (let at = 0; at < 3; at += 1) await this.#cdp.send('HeapProfiler.collectGarbage');
    const heap = await this.#metric('JSHeapUsedSize');
    const nodes = await this.page.evaluate(() => {
      const count = (root: ParentNode): number =>
        [...root.querySelectorAll('*')].reduce(
          (sum, each) =>
            sum + each.childNodes.length + (each.shadowRoot === null ? 0 : count(each.shadowRoot)),
          0,
        );
      return count(document);
    });
    return { heap, nodes };
  }

  /** Opens the conversation that was used last, at its end. */
  async openFirst(): Promise<void> {
    await this.page.locator('user-item a').first().click();
    await this.page.locator('message-list li.row').first().waitFor();
    await this.toEnd();
  }

  async toEnd(): Promise<void> {
    await this.page.locator('message-list .scroller').focus();
    await this.page.keyboard.press('Escape');
    await sleep(1_000);
  }

  /** Reads back to the first message. */
  async readBack(): Promise<void> {
    const first = this.page.locator('message-list li.row[data-seq="1"]');
    while ((await first.count()) === 0) {
      await this.page.locator('message-list .scroller').evaluate((list) => {
        list.scrollTop = -list.scrollHeight;
      });
      await sleep(50);
    }
  }

  /** Waits until a text is the last line of a conversation in the list, looking seldom: looking costs too. */
  async until(text: string): Promise<void> {
    const line = this.page.locator('user-item', { hasText: text });
    while ((await line.count()) === 0) await sleep(500);
    await sleep(SETTLE_MS);
  }
}

interface Result {
  readonly what: string;
  readonly ratio: number;
  readonly limit: number;
}
const results: Result[] = [];
const compare = (what: string, few: number, many: number, limit: number, unit = 'ms'): void => {
  const ratio = many / few;
  results.push({ what, ratio, limit });
  print(
    `${what}: ${few.toFixed(1)} → ${many.toFixed(1)} ${unit}, ${ratio.toFixed(2)} times (below ${String(limit)})`,
  );
};

/** The users: each comparison has its own, so that none disturbs another. */
interface Cast {
  readonly ada: LoadUser;
  readonly ben: LoadUser;
  readonly cleo: LoadUser;
  readonly dora: LoadUser;
  readonly eve: LoadUser;
  readonly finn: LoadUser;
  readonly gil: LoadUser;
  readonly hal: LoadUser;
  /** Who has a conversation with Finn; the first of them with Eve too. */
  readonly peers: readonly LoadUser[];
}

/** A browser beside a server, and the clients that send to those who are measured. */
interface Stage {
  readonly open: (who: LoadUser) => Promise<Window>;
  readonly writer: (from: LoadUser, to: LoadUser) => Promise<(text: string) => void>;
}

const seed = async (dir: string): Promise<Cast> => {
  const accounts = await seedAccounts(dir, CONVERSATIONS + 8);
  const [ada, ben, cleo, dora, eve, finn, gil, hal] = accounts;
  if (!ada || !ben || !cleo || !dora || !eve || !finn || !gil || !hal)
    throw new Error('accounts are missing');
  const peers = accounts.slice(8);
  const between = (from: LoadUser, to: LoadUser, count: number): void => {
    seedMessages(dir, count, (i) => ({
      from: from.userId,
      to: to.userId,
      content: `message ${String(i)} ${'and so on '.repeat(i % 12)}`,
    }));
  };
  between(ben, ada, FEW.messages);
  between(dora, cleo, MESSAGES);
  seedMessages(dir, FEW.conversations, (i) => ({ from: peers[i]!.userId, to: eve.userId, content: 'hello' }));
  seedMessages(dir, CONVERSATIONS, (i) => ({ from: peers[i]!.userId, to: finn.userId, content: 'hello' }));
  between(hal, gil, FEW.messages);
  return { ada, ben, cleo, dora, eve, finn, gil, hal, peers };
};

const sendMany = async (send: (text: string) => void, count: number, last: string): Promise<void> => {
  for (let at = 1; at < count; at += 1) {
    send(`of many ${String(at)}`);
    if (at % WAVE === 0) await sleep(100);
  }
  send(last);
};

/** A message costs the same in a long conversation, at its beginning and at its end. */
const compareLengths = async (
  { open, writer }: Stage,
  { cleo, dora }: Cast,
  withFew: number,
): Promise<void> => {
  const long = await open(cleo);
  await long.openFirst();
  await long.readBack();
  const send = await writer(dora, cleo);
  const whileReading = await long.messageMs(send);
  await long.toEnd();
  const atEnd = await long.messageMs(send);
  await long.close();
  const loaded = `${String(FEW.messages)} and ${String(MESSAGES)} messages read`;
  compare(`CPU of a message, ${loaded}, at the beginning`, withFew, whileReading, 1.5);
  compare(`CPU of a message, ${loaded}, at the end`, withFew, atEnd, 1.5);
};

/** Missed messages cost about the same whether their conversation is open or not. */
const compareMissed = async (window: Window, send: (text: string) => void): Promise<void> => {
  const { page } = window;
  const missed = async (last: string): Promise<number> => {
    await page.context().setOffline(true);
    await page.locator('connection-bar .line').waitFor();
    await sendMany(send, MISSED, last);
    return await window.cpuMs(async () => {
      await page.context().setOffline(false);
      await window.until(last);
    });
  };
  const open = await missed('the last for the open one');
  await page.evaluate(() => {
    location.hash = '';
  });
  await page.locator('message-list').waitFor({ state: 'detached' });
  await sleep(1_000);
  const closed = await missed('the last for the closed one');
  compare(`CPU of ${String(MISSED)} missed messages, closed and open`, closed, open, 2);
};

/** A message costs the same with a long list. */
const compareLists = async ({ open, writer }: Stage, { eve, finn, peers }: Cast): Promise<void> => {
  const short = await open(eve);
  const withTen = await short.messageMs(await writer(peers[0]!, eve));
  await short.close();
  const wide = await open(finn);
  // Rows are there for the first of them only; all have been loaded by then.
  await wide.page.locator('user-item').nth(49).waitFor({ state: 'attached' });
  await sleep(10_000);
  const withMany = await wide.messageMs(await writer(peers[0]!, finn));
  await wide.close();
  const lists = `${String(FEW.conversations)} and ${String(CONVERSATIONS)} conversations`;
  compare(`CPU of a message, ${lists}`, withTen, withMany, 1.5);
};

/** A day of traffic leaves nothing behind. */
const compareDay = async ({ open, writer }: Stage, { gil, hal }: Cast): Promise<void> => {
  const day = await open(gil);
  await day.openFirst();
  const send = await writer(hal, gil);
  await sendMany(send, 200, 'the first hour');
  await day.until('the first hour');
  const before = await day.memory();
  await sendMany(send, TRAFFIC, 'the end of the day');
  await day.until('the end of the day');
  await sleep(2_000);
  const after = await day.memory();
  await day.close();
  const MIB = 1_048_576;
  compare(`Heap after ${String(TRAFFIC)} messages`, before.heap / MIB, after.heap / MIB, 1.3, 'MiB');
  compare(`Nodes after ${String(TRAFFIC)} messages`, before.nodes, after.nodes, 1.3, 'nodes');
};

await inFolder(async (dir) => {
  const cast = await seed(dir);
  const server = await startParley(dir);
  const browser = await launchChromium();
  const { host, port } = server;
  const senders: IdleClient[] = [];
  const stage: Stage = {
    open: (who) => Window.open(browser, server, who),
    async writer(from, to) {
      const client = new IdleClient({ host, port, token: from.token });
      senders.push(client);
      await client.arrived;
      return (content) => void client.say('message', { recipient_id: to.userId, content });
    },
  };
  try {
    const { ada, ben } = cast;
    const few = await stage.open(ada);
    await few.openFirst();
    const toFew = await stage.writer(ben, ada);
    const withFew = await few.messageMs(toFew);
    print(`CPU of a message, ${String(FEW.messages)} messages: ${withFew.toFixed(1)} ms`);
    await compareLengths(stage, cast, withFew);
    await compareMissed(few, toFew);
    await few.close();
    await compareLists(stage, cast);
    await compareDay(stage, cast);
  } finally {
    for (const sender of senders) sender.leave();
    await browser.close();
    await server.stop();
  }
});
if (results.some(({ ratio, limit }) => ratio >= limit)) process.exitCode = 1;
