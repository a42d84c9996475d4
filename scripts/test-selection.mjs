import { ExpectedError } from './command.mjs';

/**
 * The stage of a test file.
 * @param {string} file relative to `test/`
 * @param {readonly string[]} stages
 */
export const stageOf = (file, stages) =>
  stages.find((stage) => file.startsWith(`${stage}/`)) ?? (file.startsWith('faults/') ? 'system' : 'unit');

/**
 * Chooses test files by the arguments of `npm test`: each is a stage or a part of a path. Fails if one matches no file.
 * @param {readonly string[]} files relative to `test/`
 * @param {readonly string[]} wanted
 * @param {readonly string[]} stages
 * @returns {readonly string[]} all files without arguments
 */
export const selectTests = (files, wanted, stages) => {
  if (wanted.length === 0) return files;
  const tests = wanted.map((argument) => {
    // As paths stand in reports and in completions of a shell.
    const part = argument.replace(/^(?:\.\/)?test\//, '');
    const found = files.filter((file) => file.includes(part) || stageOf(file, stages) === part);
    if (found.length === 0) {
      throw new ExpectedError(
        `No test file matches "${argument}". An argument is a part of a path below test/, or one of: ${stages.join(', ')}.`,
      );
    }
    return found;
  });
  const selected = new Set(tests.flat());
  return files.filter((file) => selected.has(file));
};
