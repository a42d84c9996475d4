import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { PASSWORD_MAX, PASSWORD_MIN } from '../../server/protocol/limits.ts';
import type { ApiProblem } from '../net/problem.ts';
import { loginStrings } from '../strings/login-strings.ts';
import { base } from '../styles/base.ts';
import { checkIcon, dotIcon } from './icons.ts';

/** The rules for a new password (SPEC §3), each ticked off as one types. The server knows one more: a list of
 *  common passwords. */
export const ruleResults = (password: string, username: string): readonly (readonly [string, boolean])[] => {
  const { rules } = loginStrings();
  const name = username.trim().toLowerCase();
  const points = [...password.normalize('NFKC')].length;
  return [
    points > PASSWORD_MAX ? [rules.tooLong, false] : [rules.length, points >= PASSWORD_MIN],
    [rules.upper, /\p{Lu}/u.test(password)],
    [rules.lower, /\p{Ll}/u.test(password)],
    [rules.digit, /\p{Nd}/u.test(password)],
    [rules.noName, password !== '' && (name.length < 3 || !password.toLowerCase().includes(name))],
  ];
};

/** What the server has against a password that keeps all of them, or against something else one entered. */
export const refusalWords = ({ errors }: ApiProblem): string => {
  const { rules, login } = loginStrings();
  return errors.some(({ path }) => path.includes('password')) ? rules.common : login.refused;
};

@customElement('password-rules')
export class PasswordRules extends LitElement {
  static override readonly styles = [
    base,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(11rem, 100%), 1fr));
        gap: 0.125rem var(--s3);
        color: var(--quiet);
        font-size: var(--small);
      }
      li {
        display: flex;
        align-items: center;
        gap: var(--s1);
      }
      li.met {
        color: var(--accent);
      }
    `,
  ];

  @property() password = '';
  @property() username = '';

  override render(): TemplateResult {
    const { rules } = loginStrings();
    return html`<ul>
      ${ruleResults(this.password, this.username).map(
        ([rule, met]) =>
          html`<li class=${met ? 'met' : ''}>
            ${met ? checkIcon : dotIcon}<span
              >${rule}<span class="aloud">, ${met ? rules.met : rules.unmet}</span></span
            >
          </li>`,
      )}
    </ul>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'password-rules': PasswordRules;
  }
}
