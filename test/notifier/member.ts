import { systemClock } from '../../server/runtime/clock.ts';
import type { Notifier } from '../../server/notifier/notifier.ts';
import { openNotifier } from '../../server/notifier/open-notifier.ts';
import { eventually } from '../support/eventually.ts';
import type { Scope } from '../support/temp-dir.ts';
import type { Way } from './test-brokers.ts';

/** A notifier on a real broker that remembers what it was told. */
export class Member {
  readonly heard: string[] = [];
  /** Whether it is alive, at each change; reasons in place of `false`. */
  readonly states: (true | string)[] = [];
  readonly notifier: Notifier;

  private constructor(way: Way, prefix: string) {
    this.notifier = openNotifier(
      { ...way, prefix, clock: systemClock },
      {
        onNotice: (bytes) => {
          this.heard.push(Buffer.from(bytes).toString('utf8'));
        },
        onState: (isAlive, reason) => {
          this.states.push(isAlive || reason);
        },
      },
    );
  }

  static open(scope: Scope, way: Way, prefix = 'parley'): Member {
    const member = new Member(way, prefix);
    scope.after(() => member.notifier.close());
    return member;
  }

  static async connected(scope: Scope, way: Way, prefix?: string): Promise<Member> {
    const member = Member.open(scope, way, prefix);
    await member.alive();
    return member;
  }

  say(text: string): void {
    this.notifier.publish(Buffer.from(text));
  }

  async alive(isAlive = true, ms = 20_000): Promise<void> {
    await eventually(
      `the notifier to be ${isAlive ? 'alive' : 'down'} (${this.states.join('; ')})`,
      () => (this.states.at(-1) === true) === isAlive && this.states.length > 0,
      ms,
    );
  }

  async hears(count: number): Promise<void> {
    await eventually(`${String(count)} notices`, () => this.heard.length >= count, 20_000);
  }
}
