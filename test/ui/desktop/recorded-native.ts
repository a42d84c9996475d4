import type { Native, NativeEvent } from '../../../ui/platform/desktop/native.ts';
import { PRIVATE_FILES } from '../../../ui/platform/desktop/remembered-session.ts';
import { TRAY } from '../../../ui/platform/desktop/window-closing.ts';

/** The program around the page, written down: its calls are a list, its events come from the test. */
export class RecordedNative implements Native {
  system = 'Linux';
  args: readonly string[] = [PRIVATE_FILES, TRAY];
  readonly calls: string[] = [];
  failing: string | null = null;
  readonly #listeners = new Map<NativeEvent, (detail: unknown) => void>();

  #call(name: string, ...values: readonly string[]): Promise<void> {
    this.calls.push([name, ...values].join(' '));
    return this.failing === name ? Promise.reject(new Error(name)) : Promise.resolve();
  }

  notify = (title: string, content: string): Promise<void> => this.#call('notify', title, content);
  setTitle = (title: string): Promise<void> => this.#call('setTitle', title);
  showWindow = (): Promise<void> => this.#call('showWindow');
  hideWindow = (): Promise<void> => this.#call('hideWindow');
  setTray = (): Promise<void> => this.#call('setTray');
  setMenu = (): Promise<void> => this.#call('setMenu');
  exit = (): Promise<void> => this.#call('exit');

  on(event: NativeEvent, run: (detail: unknown) => void): void {
    this.#listeners.set(event, run);
  }

  happen(event: NativeEvent, detail: unknown = null): void {
    this.#listeners.get(event)?.(detail);
  }
}
