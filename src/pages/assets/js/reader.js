import { api } from './session.js';

/**
 * Asks for something again and again, never twice at a time: asking meanwhile asks once more afterwards.
 * @param take called with the answer, or with null when the server refuses it; not at all when there is no connection
 */
export function createReader(path, take) {
  let isReading = false;
  let again = false;
  return async function read() {
    again = isReading;
    if (isReading) return;
    isReading = true;
    do {
      again = false;
      const answer = await api(path).catch(({ status }) => (status === 0 ? undefined : null));
      if (answer !== undefined) take(answer);
    } while (again);
    isReading = false;
  };
}
