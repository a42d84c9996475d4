import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { loginStrings } from '../../strings/login-strings.ts';
import { base } from '../../styles/base.ts';
import { checkIcon, dotIcon } from '../shared/more-icons.ts';
import { ruleResults } from './password-check.ts';

/** Shows the password rules, each ticked off while the user types. */
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
  /** Null while it is not known. */
  @property() username: string | null = '';

  override render(): TemplateResult {
    const { rules } = loginStrings();
    return html`<ul>
      ${ruleResults(this.password, this.username).map(
        ([rule, met]) =>
          html`<li class=${met ? 'met' : ''}>
            ${met ? checkIcon : dotIcon}<span
              >${rule}<span class="visually-hidden">, ${met ? rules.met : rules.unmet}</span></span
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
