import { html, type TemplateResult } from 'lit';
import type { UserResource } from '../../../server/protocol/resources/user.ts';
import type { Account } from '../../account/account.ts';
import { profileOf, shownName } from '../../model/person.ts';
import { strings } from '../../strings/strings.ts';
import { emit, type Emitted } from '../shared/emit.ts';
import { composeIcon, searchIcon, settingsIcon } from '../shared/icons.ts';
import '../shared/person-avatar.ts';

/** The top of the list: the user's own name and picture, and buttons for new conversation, search and settings. The buttons have
 *  labels if there is room. */
export const listTop = (
  host: HTMLElement,
  { id, username }: Account['me'],
  profile: UserResource | null,
): TemplateResult => {
  const { list } = strings();
  const open = (panel: Emitted['open-panel']['panel']) => (): void => {
    emit(host, 'open-panel', { panel });
  };
  const own = list.own(username);
  const name = profile === null ? username : shownName(profile);
  return html`<div class="top">
    <div class="row">
      <button class="me" type="button" aria-label=${own} title=${own} @click=${open('settings')}>
        <person-avatar
          .person=${id}
          .name=${name}
          .picture=${profile === null ? null : profileOf(profile).avatar}
        ></person-avatar>
        <bdi>${name}</bdi>
        ${settingsIcon}
      </button>
      <button
        class="icon new"
        type="button"
        aria-label=${list.start}
        title=${list.start}
        @click=${open('people')}
      >
        ${composeIcon}<span>${list.new}</span>
      </button>
    </div>
    <div class="row">
      <button class="seek" type="button" @click=${open('search')}>${searchIcon} ${list.search}</button>
    </div>
  </div>`;
};
