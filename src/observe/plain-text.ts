/** Text of a stranger fit for pages and lists: letters, digits and plain signs only, cut; empty when nothing is left. */
export const plainText = (text: unknown, longest: number): string =>
  typeof text === 'string'
    ? text
        .slice(0, 200)
        .replace(/[^\p{L}\p{N} ._:/@+()-]/gu, '')
        .slice(0, longest)
        .trim()
    : '';
