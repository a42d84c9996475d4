import type { ProfileField, ProfileForm, ProfileNews } from '../../account/profile-editor.ts';
import { settingsStrings } from '../../strings/settings-strings.ts';
import { problemWords } from '../shared/words.ts';

/** Why a field can't be saved, and what to do about it. */
export const fieldFaultWords = (
  field: ProfileField,
  fault: NonNullable<ProfileForm['faults'][ProfileField]>,
): string => {
  const { profile } = settingsStrings();
  switch (fault.why) {
    case 'long':
      return field === 'name' ? profile.nameLong(fault.over) : profile.aboutLong(fault.over);
    case 'control':
      return field === 'name' ? profile.control : profile.aboutControl;
    case 'invisible':
    case 'reserved':
    case 'refused':
      return profile[fault.why];
  }
};

const failure = (of: 'fields' | 'picture', code: (ProfileNews & { what: 'failed' })['code']): string => {
  const { profile } = settingsStrings();
  if (code === 'offline' || code === 'timeout')
    return of === 'fields' ? profile.offline : profile.pictureOffline;
  const isRefused = ['bad_request', 'payload_too_large', 'unsupported_media_type'].includes(code);
  if (isRefused) return of === 'fields' ? profile.refused : profile.pictureRefused;
  return problemWords(code);
};

/** What became of the last change, if it belongs to this part of the form. */
export const newsWords = (
  news: ProfileNews | null,
  part: 'fields' | 'picture',
): { readonly text: string; readonly isFault: boolean } | null => {
  const { profile } = settingsStrings();
  if (news === null) return null;
  switch (news.what) {
    case 'tooOften':
      return news.of === part ? { text: profile.tooOften(news.minutes), isFault: true } : null;
    case 'failed':
      return news.of === part ? { text: failure(part, news.code), isFault: true } : null;
    case 'saved':
      return part === 'fields' ? { text: profile.saved, isFault: false } : null;
    case 'pictureSaved':
    case 'pictureRemoved':
      return part === 'picture' ? { text: profile[news.what], isFault: false } : null;
  }
};
