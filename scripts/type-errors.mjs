/**
 * What `tsc` reports, without the errors that it reports again for another project. An error is a line that is not indented, with the
 * indented lines after it.
 * @param {string} output
 */
export const eachErrorOnce = (output) => [...new Set(output.split(/(?<=\n)(?=\S)/))].join('');
