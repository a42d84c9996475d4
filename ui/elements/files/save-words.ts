import type { ProblemCode } from '../../net/problem.ts';
import { fileStrings } from '../../strings/file-strings.ts';

/** Why a file was not saved. */
export const saveFaultWords = (code: ProblemCode): string => {
  const { gone, failed, refused } = fileStrings();
  if (code === 'not_found' || code === 'gone') return gone;
  return code === 'offline' || code === 'timeout' || code === 'unavailable' ? failed : refused;
};
