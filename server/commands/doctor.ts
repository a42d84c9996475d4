import { OperatorError } from '../operator/operator.ts';
import { command } from './command.ts';
import { withSession } from './session.ts';
import { table } from './table.ts';

const LEVELS = { ok: 'ok', warning: 'warning', fault: 'FAULT' } as const;

export const doctorCommand = command({
  name: 'doctor',
  describe:
    'Check permissions, disk, clock, limits, versions, backups, proxy and origins, and say what to change',
  options: (argv) => argv,
  async run(_options, output) {
    await withSession(async ({ ask }) => {
      const answer = await ask('doctor', {});
      const rows = answer.findings.map(({ check, level, message }) => [check, LEVELS[level], message]);
      output.result(answer, table(['CHECK', 'RESULT', ''], rows));
      const faults = answer.findings.filter(({ level }) => level === 'fault').length;
      if (faults > 0) throw new OperatorError(`Something is wrong: ${String(faults)} of the checks above.`);
    });
  },
});
