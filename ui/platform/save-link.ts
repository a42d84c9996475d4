/** Has the browser save what is at an address of this origin, under the name that the server gives it. If that fails, the page stays as
 *  it is, and the browser says so where it lists its downloads. */
export const saveLink = (page: Document, url: string): void => {
  const link = page.createElement('a');
  link.href = url;
  link.download = '';
  link.click();
};
