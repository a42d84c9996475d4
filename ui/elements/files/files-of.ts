import { ReceivedFiles } from '../../attachments/received-files.ts';
import { browserClock } from '../../net/clock.ts';
import { saveFile } from '../../platform/save-file.ts';
import type { Screen } from '../screen/screen.ts';

/** The files of the messages that a screen shows. */
export const filesOf = ({ account }: Screen): ReceivedFiles =>
  new ReceivedFiles({
    api: account.api,
    clock: browserClock,
    save: (file, name) => {
      saveFile(document, file, name, (ms, run) => browserClock.after(ms, run));
    },
  });
