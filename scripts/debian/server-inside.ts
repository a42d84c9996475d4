import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Milliseconds until a server that was started has to be ready. */
const START_MS = 60_000;

export interface StartedServer {
  readonly url: string;
  /** Ends it as systemd does; resolves to its exit code. */
  readonly stop: () => Promise<number | null>;
}

/** Starts a server with a command that stays in the foreground, and waits until its log says that it listens.
 *  @throws Error with what it printed, where it ends or is silent */
export const startServer = async ([program, ...args]: readonly [
  string,
  ...string[],
]): Promise<StartedServer> => {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const printed: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    const fail = (): void => {
      child.kill('SIGKILL');
      reject(new Error(`the server did not start:\n${printed.join('\n')}`));
    };
    const timer = setTimeout(fail, START_MS);
    void ended.then(fail);
    const look = (line: string): void => {
      printed.push(line);
      if (!line.includes('"msg":"listening"')) return;
      clearTimeout(timer);
      resolve((JSON.parse(line) as { url: string }).url);
    };
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', look);
  });
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    return (await ended)[0];
  };
  return { url, stop };
};
