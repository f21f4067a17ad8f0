import { copyText } from './copy.js';
import { el } from './dom.js';

/** A button that copies. @param label what it is, for those who do not see where the button stands */
export function copyButton(text, label, title = 'Copy') {
  const copy = async ({ currentTarget: button }) => {
    const worked = await copyText(text);
    button.textContent = worked ? 'Copied' : 'Select and copy by hand';
    setTimeout(() => {
      button.textContent = title;
    }, 3000);
  };
  return el('button', { type: 'button', class: 'plain small', 'aria-label': `${title}: ${label}`, onclick: copy }, title);
}

/** A text to be entered elsewhere, with a button that copies it. */
export const copyable = (text, label) => el('span', { class: 'token' }, el('code', {}, text), copyButton(text, label));
