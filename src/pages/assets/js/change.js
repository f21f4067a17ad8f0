import { byId } from './dom.js';
import { enter, withSignIn } from './session.js';

/**
 * Writes of a page that lists something: does one, shows the list as it is then, and says how it went.
 * @param why what the sign-in form says when rights are missing
 * @param told id of the place for the sentences
 * @returns `change(action, done)`; `done` is the sentence after success
 */
export function createChange({ read, show, why, told = 'told' }) {
  const tell = (sentence) => {
    byId(told).textContent = sentence;
  };
  return async function change(action, done) {
    tell('');
    try {
      await withSignIn(action, why);
    } catch (error) {
      // without an answer nobody knows
      const outcome = error.status === 0 ? 'It may or may not have been saved: reload the page to see.' : 'Nothing was saved.';
      tell(`${error.message} ${outcome}`);
      return;
    }
    show(await enter(read, why));
    tell(done);
  };
}
