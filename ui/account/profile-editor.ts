import type { UserResource } from '../../server/protocol/resources/user.ts';
import type { Api } from '../net/api.ts';
import { ApiProblem, problemCode, type ProblemCode } from '../net/problem.ts';
import { profileOf } from '../model/person.ts';
import { signal } from '../model/signal.ts';
import { aboutFault, displayNameFault, type ProfileFault } from './profile-faults.ts';

export type ProfileField = 'name' | 'about';
type FieldFault = ProfileFault | { readonly why: 'refused' };

/** What became of the last change. `tooOften`: the server takes the next one after so many minutes. */
export type ProfileNews =
  | { readonly what: 'saved' | 'pictureSaved' | 'pictureRemoved' }
  | { readonly what: 'tooOften'; readonly of: 'fields' | 'picture'; readonly minutes: number }
  | { readonly what: 'failed'; readonly of: 'fields' | 'picture'; readonly code: ProblemCode };

/** What the form shows. */
export interface ProfileForm {
  /** Null until the profile is known. */
  readonly user: UserResource | null;
  readonly name: string;
  readonly about: string;
  /** Whether the fields hold something that is not saved. */
  readonly isEdited: boolean;
  readonly busy: 'fields' | 'picture' | null;
  readonly faults: Readonly<Partial<Record<ProfileField, FieldFault>>>;
  readonly news: ProfileNews | null;
}

export interface ProfileEditorDeps {
  readonly api: Pick<Api, 'me' | 'changeProfile' | 'setAvatar' | 'removeAvatar'>;
  readonly own: () => UserResource | null;
  /** The server has answered with the user's profile. */
  readonly learn: (user: UserResource) => void;
}

interface State extends Pick<ProfileForm, 'busy' | 'faults' | 'news'> {
  /** What was typed and is not saved. A field that is not here shows what is saved, also when that changes on another device. */
  readonly typed: Readonly<Partial<Record<ProfileField, string>>>;
}

const FAULTS = { name: displayNameFault, about: aboutFault } as const;
const FIELDS = ['name', 'about'] as const;
const PATHS = { name: 'display_name', about: 'about' } as const;

/** What is sent for an empty field is none. */
const textOrNone = (typed = ''): string | null => (typed.trim() === '' ? null : typed.trim());

const newsOf = (error: unknown, of: 'fields' | 'picture'): ProfileNews => {
  const code = problemCode(error);
  if (code !== 'too_many_requests') return { what: 'failed', of, code };
  const seconds = (error instanceof ApiProblem ? error.retryAfterS : null) ?? 60;
  return { what: 'tooOften', of, minutes: Math.max(1, Math.ceil(seconds / 60)) };
};

/** The user's own profile while they change it. What is typed stays until it is saved or undone, also after the settings were left. */
export class ProfileEditor {
  readonly #deps: ProfileEditorDeps;
  readonly #state = signal<State>({ typed: {}, busy: null, faults: {}, news: null });

  constructor(deps: ProfileEditorDeps) {
    this.#deps = deps;
  }

  get form(): ProfileForm {
    const { typed, busy, faults, news } = this.#state.get();
    const user = this.#deps.own();
    const saved = this.#saved();
    const shown = { ...saved, ...typed };
    const isEdited = FIELDS.some((field) => shown[field].trim() !== saved[field]);
    return { user, ...shown, isEdited, busy, faults, news };
  }

  type(field: ProfileField, text: string): void {
    const { typed, faults } = this.#state.get();
    const { [field]: _settled, ...left } = faults;
    this.#set({ typed: { ...typed, [field]: text }, faults: left, news: null });
  }

  /** Shows what is saved again. */
  undo(): void {
    this.#set({ typed: {}, faults: {}, news: null });
  }

  /** Resolves with the first field that has a fault, or null. Never rejects. */
  async save(): Promise<ProfileField | null> {
    const { typed, busy } = this.#state.get();
    if (busy !== null) return null;
    const checked = FIELDS.map((field) => [field, FAULTS[field](typed[field] ?? '')] as const);
    const wrong = checked.filter(([, fault]) => fault !== null);
    if (wrong.length > 0) return this.#refuse(Object.fromEntries(wrong));
    const saved = this.#saved();
    const changed = FIELDS.filter(
      (field) => typed[field] !== undefined && typed[field].trim() !== saved[field],
    );
    const change = changed.map((field) => [PATHS[field], textOrNone(typed[field])] as const);
    this.#set({ busy: 'fields', faults: {}, news: null });
    try {
      this.#deps.learn(await this.#deps.api.changeProfile(Object.fromEntries(change)));
      this.#settle(typed);
      return null;
    } catch (error) {
      this.#set({ busy: null });
      const paths = error instanceof ApiProblem ? error.errors.map(({ path }) => path) : [];
      const refused = FIELDS.filter((field) => paths.includes(PATHS[field]));
      if (problemCode(error) === 'bad_request' && refused.length > 0)
        return this.#refuse(Object.fromEntries(refused.map((field) => [field, { why: 'refused' }])));
      this.#set({ news: newsOf(error, 'fields') });
      return null;
    }
  }

  /** With null, removes the picture. Never rejects. */
  async setPicture(picture: Blob | null): Promise<void> {
    if (this.#state.get().busy !== null) return;
    const { api, learn } = this.#deps;
    this.#set({ busy: 'picture', news: null });
    try {
      await (picture === null ? api.removeAvatar() : api.setAvatar(picture));
      // The change comes as an event too, but not where the connection is blocked.
      learn(await api.me());
      this.#set({ busy: null, news: { what: picture === null ? 'pictureRemoved' : 'pictureSaved' } });
    } catch (error) {
      this.#set({ busy: null, news: newsOf(error, 'picture') });
    }
  }

  /** What was typed while it was being saved stays. */
  #settle(saved: State['typed']): void {
    const { typed } = this.#state.get();
    const left = Object.entries(typed).filter(([field, text]) => text !== saved[field as ProfileField]);
    this.#set({ typed: Object.fromEntries(left), busy: null, news: { what: 'saved' } });
  }

  #refuse(faults: State['faults']): ProfileField | null {
    this.#set({ faults });
    return FIELDS.find((field) => faults[field] !== undefined) ?? null;
  }

  #saved(): Record<ProfileField, string> {
    const user = this.#deps.own();
    const { displayName, about } = user === null ? { displayName: null, about: null } : profileOf(user);
    return { name: displayName ?? '', about: about ?? '' };
  }

  #set(part: Partial<State>): void {
    this.#state.set({ ...this.#state.get(), ...part });
  }
}
