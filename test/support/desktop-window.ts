import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { within } from './deadline.ts';
import { desktopPortFree } from './desktop-port.ts';
import { DESKTOP_PORT } from '../../server/protocol/desktop-origin.ts';
import { freePort } from '../../perf/machine/free-port.ts';
import type { Exit } from './server-process.ts';
import type { Scope } from './temp-dir.ts';
import { WebKitWindow } from './webkit-window.ts';

const START_MS = 20_000;
const EXIT_MS = 15_000;

/** A screen nobody sees. Xvfb picks a number that is free and says which. */
export const openScreen = async (scope: Scope): Promise<string> => {
  const screen = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  scope.after(() => {
    screen.kill();
  });
  const failed = once(screen, 'error').then(() => {
    throw new Error('The test of the window needs Xvfb: apt-get install -y xvfb');
  });
  const [line] = (await within(
    START_MS,
    'the screen',
    Promise.race([once(createInterface({ input: screen.stdout }), 'line'), failed]),
  )) as [string];
  return `:${line}`;
};

/** One run of the app, by its launcher unless another program of its folder is named, with a home of its own. */
export class DesktopWindow {
  readonly exited: Promise<Exit>;
  readonly #inspector: number;
  #output = '';
  #page: WebKitWindow | null = null;

  /** What it was started with. */
  readonly env: NodeJS.ProcessEnv;

  private constructor(child: ChildProcess, inspector: number, env: NodeJS.ProcessEnv) {
    this.env = env;
    this.#inspector = inspector;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        resolve({ code, signal });
      });
    });
  }

  static async start(
    scope: Scope,
    place: {
      readonly app: string;
      readonly home: string;
      readonly display: string;
      /** Programs that the test puts in front of the system's. */
      readonly tools: string;
    },
    program = 'parley',
  ): Promise<DesktopWindow> {
    await desktopPortFree();
    const inspector = await freePort();
    // What a desktop session gives, and nothing of this run's own environment.
    const env = {
      PATH: `${place.tools}:/usr/local/bin:/usr/bin:/bin`,
      LANG: 'C.UTF-8',
      DISPLAY: place.display,
      GDK_BACKEND: 'x11',
      HOME: place.home,
      XDG_DATA_HOME: join(place.home, 'data'),
      XDG_CACHE_HOME: join(place.home, 'cache'),
      XDG_CONFIG_HOME: join(place.home, 'config'),
      LIBGL_ALWAYS_SOFTWARE: '1',
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
      WEBKIT_INSPECTOR_HTTP_SERVER: `127.0.0.1:${String(inspector)}`,
    };
    const child = spawn(join(place.app, program), { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const window = new DesktopWindow(child, inspector, env);
    scope.after(async () => {
      window.#page?.close();
      child.kill();
      await window.exited;
    });
    window.#page = await WebKitWindow.connect(window.#inspector).catch((error: unknown) => {
      throw new Error(`${String(error)}; the program said:\n${window.#output}`);
    });
    return window;
  }

  get page(): WebKitWindow {
    if (this.#page === null) throw new Error('the window is not open yet');
    return this.#page;
  }

  /** The port that this account's window has. */
  get port(): number {
    return DESKTOP_PORT + ((process.getuid?.() ?? 0) % 8);
  }

  /** Somebody closes it: what Neutralino tells the page when the window's own button is pressed. */
  async quit(): Promise<Exit> {
    // It may be gone before it can answer.
    await this.page
      .evaluate(`window.dispatchEvent(new CustomEvent('windowClose')) && 1`)
      .catch(() => undefined);
    return await within(EXIT_MS, 'the program to end', this.exited);
  }
}
