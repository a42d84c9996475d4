import type {
  AdminUserDetails,
  AdminUserPage,
  AuditResource,
  BackupList,
  DoctorFinding,
  InviteResource,
  ResetCode,
  ServerStatus,
} from '../../server/protocol/resources/admin.ts';
import type { HostList, InspectedHost, TraceList } from '../../server/protocol/resources/inspector.ts';
import type { OwnAccount } from '../../server/protocol/resources/user.ts';
import type { Api } from '../net/api.ts';
import type { HttpCall } from '../net/http.ts';

export type UserAction = 'promote' | 'demote' | 'disable' | 'enable';
export interface SettingLine {
  readonly name: string;
  readonly value: string;
}

/** Entries of one page of a list. */
const PAGE = 50;

/** The routes of the admin API as functions. They reject with ApiProblem only. */
export class AdminApi {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  me(): Promise<OwnAccount> {
    return this.#api.me();
  }

  status(): Promise<ServerStatus> {
    return this.#get('status');
  }

  async findings(): Promise<readonly DoctorFinding[]> {
    return (await this.#get<{ findings: readonly DoctorFinding[] }>('doctor')).findings;
  }

  threads(): Promise<InspectedHost> {
    return this.#get('threads');
  }

  hosts(): Promise<HostList> {
    return this.#get('hosts');
  }

  traces(): Promise<TraceList> {
    return this.#get('traces');
  }

  /** Has the path of the next message recorded; `username` null: of anybody. */
  async arm(username: string | null): Promise<void> {
    await this.#post('traces', { username });
  }

  async disarm(): Promise<void> {
    await this.#delete('traces');
  }

  async settings(): Promise<readonly SettingLine[]> {
    return (await this.#get<{ settings: readonly SettingLine[] }>('settings')).settings;
  }

  users(prefix: string, after?: string): Promise<AdminUserPage> {
    return this.#get('users', { prefix, after, limit: PAGE });
  }

  user(username: string): Promise<AdminUserDetails> {
    return this.#get(`users/${username}`);
  }

  async change(username: string, action: UserAction): Promise<void> {
    await this.#post(`users/${username}/${action}`);
  }

  resetPassword(username: string): Promise<ResetCode> {
    return this.#post(`users/${username}/reset-password`);
  }

  /** `target`: a username or an IP address. Resolves with the number of failed logins that were forgotten. */
  async unlock(target: string): Promise<number> {
    return (await this.#post<{ failures: number }>('unlock', { target })).failures;
  }

  deleteUser(username: string): Promise<void> {
    return this.#delete(`users/${username}`);
  }

  endSession(username: string, id: string): Promise<void> {
    return this.#delete(`users/${username}/sessions/${id}`);
  }

  async endSessions(username: string): Promise<void> {
    await this.#delete(`users/${username}/sessions`);
  }

  async invites(before?: number): Promise<readonly InviteResource[]> {
    const query = { before, limit: PAGE };
    return (await this.#get<{ invites: readonly InviteResource[] }>('invites', query)).invites;
  }

  async invite(uses: number, expires_in_s: number | null): Promise<string> {
    return (await this.#post<{ code: string }>('invites', { uses, expires_in_s })).code;
  }

  revokeInvite(id: number): Promise<void> {
    return this.#delete(`invites/${String(id)}`);
  }

  async audit(before?: number): Promise<readonly AuditResource[]> {
    const query = { before, limit: PAGE };
    return (await this.#get<{ records: readonly AuditResource[] }>('audit', query)).records;
  }

  backups(): Promise<BackupList> {
    return this.#get('backups');
  }

  async startBackup(): Promise<void> {
    await this.#post('backups');
  }

  #get<T>(path: string, query: HttpCall['query'] = {}): Promise<T> {
    return this.#send({ method: 'GET', path: `/admin/api/${path}`, query });
  }

  #post<T>(path: string, body?: unknown): Promise<T> {
    return this.#send({ method: 'POST', path: `/admin/api/${path}`, ...(body !== undefined && { body }) });
  }

  #delete<T = undefined>(path: string): Promise<T> {
    return this.#send({ method: 'DELETE', path: `/admin/api/${path}` });
  }

  #send<T>(request: HttpCall): Promise<T> {
    return this.#api.signed(request);
  }
}

/** Whether there may be another page after this one. */
export const isWhole = (page: readonly unknown[]): boolean => page.length === PAGE;
