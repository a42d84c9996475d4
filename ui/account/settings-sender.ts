import { problemCode, type ProblemCode } from '../net/problem.ts';
import type { Api } from '../net/api.ts';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import { settingsOf, withSettings, type ConversationSettings } from '../model/conversation-settings.ts';
import { withConversation } from '../model/model.ts';
import type { Sync } from '../sync/sync.ts';

export type SettingsChange = Partial<ConversationSettings>;

interface SettingsSenderDeps {
  readonly api: Pick<Api, 'signed'>;
  readonly sync: Pick<Sync, 'model' | 'change' | 'connection'>;
}

const PATHS = { pinned: 'pinned', archived: 'archived', mutedUntil: 'muted_until' } as const;
const FIELDS = ['pinned', 'archived', 'mutedUntil'] as const;

const picked = (settings: ConversationSettings, of: SettingsChange): SettingsChange =>
  Object.fromEntries(FIELDS.filter((name) => of[name] !== undefined).map((name) => [name, settings[name]]));

/** Changes the settings of conversations. A change is shown at once, and taken back if the server does not accept it. The changes of one
 *  conversation are sent one after the other, so that the last one counts. */
export class SettingsSender {
  readonly #deps: SettingsSenderDeps;
  /** By conversation: resolves when what was sent before is settled. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(deps: SettingsSenderDeps) {
    this.#deps = deps;
  }

  /** Resolves with null, or with the reason why the settings are as they were. Never rejects. */
  async change(conversationId: string, change: SettingsChange): Promise<ProblemCode | null> {
    const held = this.#deps.sync.model.get().conversations.get(conversationId);
    if (held === undefined) return 'not_found';
    const before = picked(held, change);
    this.#show(conversationId, change);
    const turn = (this.#turns.get(conversationId) ?? Promise.resolve()).then(() =>
      this.#send(conversationId, change),
    );
    this.#turns.set(conversationId, turn);
    const problem = await turn;
    if (this.#turns.get(conversationId) === turn) this.#turns.delete(conversationId);
    if (problem !== null) this.#takeBack(conversationId, change, before);
    return problem;
  }

  async #send(conversationId: string, change: SettingsChange): Promise<ProblemCode | null> {
    const { api, sync } = this.#deps;
    const body = Object.fromEntries(
      FIELDS.filter((name) => change[name] !== undefined).map((name) => [PATHS[name], change[name]]),
    );
    try {
      const path = `/conversations/${conversationId}`;
      const answer = await api.signed<ConversationResource>({ method: 'PATCH', path, body });
      // While there is a connection, the event arrives in order among the others.
      const { phase } = sync.connection.get();
      if (phase !== 'live' && phase !== 'catchingUp') this.#show(conversationId, settingsOf(answer));
      return null;
    } catch (error) {
      return problemCode(error);
    }
  }

  #show(conversationId: string, settings: SettingsChange): void {
    this.#deps.sync.change((model) => {
      const held = model.conversations.get(conversationId);
      const next = held && withSettings(held, settings);
      return next === undefined || next === held ? model : withConversation(model, next);
    });
  }

  /** What was changed again since, here or on another device, stays. */
  #takeBack(conversationId: string, change: SettingsChange, before: SettingsChange): void {
    const held = this.#deps.sync.model.get().conversations.get(conversationId);
    if (held === undefined) return;
    const mine = FIELDS.filter((name) => change[name] !== undefined && held[name] === change[name]);
    this.#show(conversationId, Object.fromEntries(mine.map((name) => [name, before[name]])));
  }
}
